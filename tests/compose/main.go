// Command compose reads the project's Compose file and Dockerfiles as the tools themselves do, for the tests:
// compose-go is the parser of `docker compose`, BuildKit's that of `docker build`. It prints JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

type instruction struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Line int    `json:"line"`
	// Copy only: where from (a stage, or empty for the build context), and what.
	From    string   `json:"from,omitempty"`
	Sources []string `json:"sources,omitempty"`
}

type stage struct {
	Name         string        `json:"name"`
	Base         string        `json:"base"`
	Instructions []instruction `json:"instructions"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 3 && arguments[0] == "project":
		return printProject(arguments[1], arguments[2])
	case len(arguments) == 2 && arguments[0] == "dockerfile":
		return printDockerfile(arguments[1])
	}
	return fmt.Errorf("usage: compose project COMPOSE_FILE ENV_FILE | dockerfile FILE")
}

// printProject resolves the file with the variables of ENV_FILE alone, with the services of every profile.
func printProject(file, envFile string) error {
	options, err := cli.NewProjectOptions(
		[]string{file},
		cli.WithEnvFiles(envFile),
		cli.WithDotEnv,
		cli.WithProfiles([]string{"*"}),
		cli.WithResolvedPaths(true),
	)
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	text, err := project.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

func printDockerfile(file string) error {
	reader, err := os.Open(file)
	if err != nil {
		return err
	}
	defer reader.Close()
	parsed, err := parser.Parse(reader)
	if err != nil {
		return err
	}
	found, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return err
	}
	stages := make([]stage, 0, len(found))
	for _, each := range found {
		current := stage{Name: each.Name, Base: each.BaseName, Instructions: []instruction{}}
		for _, command := range each.Commands {
			current.Instructions = append(current.Instructions, describe(command))
		}
		stages = append(stages, current)
	}
	return json.NewEncoder(os.Stdout).Encode(stages)
}

func describe(command instructions.Command) instruction {
	result := instruction{Name: command.Name(), Text: fmt.Sprint(command)}
	if location := command.Location(); len(location) > 0 {
		result.Line = location[0].Start.Line
	}
	if copied, ok := command.(*instructions.CopyCommand); ok {
		result.From, result.Sources = copied.From, copied.SourcePaths
	}
	return result
}
