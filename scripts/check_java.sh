#!/bin/sh
# Checks that Maven is there and runs on a JDK that can compile connectors/; says what to install if not.
MINIMUM_JDK=17
remedy="Install Maven >= 3.8 and a JDK >= $MINIMUM_JDK (Debian, Ubuntu: apt install maven openjdk-17-jdk-headless)."

fail() {
    echo "error: $1 $remedy" >&2
    exit 1
}

command -v mvn >/dev/null || fail "Maven (mvn) is not on the PATH."
version=$(mvn --batch-mode --version 2>&1) || fail "Maven does not start: $(echo "$version" | head -n 1)."
jdk=$(echo "$version" | sed -n 's/^Java version: \([0-9]*\).*/\1/p')
home=$(echo "$version" | sed -n 's/^Java version: .*runtime: \(.*\)$/\1/p')
[ "${jdk:-0}" -ge "$MINIMUM_JDK" ] || fail "Maven runs on Java ${jdk:-unknown}; point JAVA_HOME to a newer JDK."
[ -x "$home/bin/javac" ] || fail "Maven runs on a Java runtime without a compiler ($home)."
