package dev.cocolab.node.pod;

import java.io.InputStream;
import java.util.concurrent.CompletionStage;

/**
 * A process that runs in a container for somebody outside. Both streams must be read to their end;
 * they are empty where the VM's agent does not let the host read.
 */
public interface CommandSession {
  InputStream stdout();

  /** Empty for a process with a terminal. */
  InputStream stderr();

  /** Completes with the exit code. */
  CompletionStage<Integer> exited();

  /** Gives the process input; blocks while it does not read. */
  void write(byte[] data);

  void closeInput();

  void resize(int rows, int columns);

  /** Ends the process; nobody is interested in it any more. */
  void kill();
}
