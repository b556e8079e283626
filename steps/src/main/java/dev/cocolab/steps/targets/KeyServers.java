package dev.cocolab.steps.targets;

/** The remote server of the traditional twin: it gives a key to whoever asks. */
public interface KeyServers {
  void serve(byte[] key);

  /** How many times the key was given away. */
  int handedOut();
}
