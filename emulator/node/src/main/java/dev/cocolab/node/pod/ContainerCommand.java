package dev.cocolab.node.pod;

import java.util.List;

/**
 * What somebody outside wants to run in a container.
 *
 * @param args program and arguments
 * @param stdin whether input will come
 * @param terminal whether the process gets a terminal
 */
public record ContainerCommand(List<String> args, boolean stdin, boolean terminal) {
  /** Checks that there is a program, and that its arguments can be handed to one. */
  public ContainerCommand {
    args = List.copyOf(args);
    if (args.isEmpty()) {
      throw new IllegalArgumentException("you must specify at least one command for the container");
    }
    if (args.stream().anyMatch(arg -> arg.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("a NUL byte in the command: invalid argument");
    }
  }
}
