package dev.cocolab.load;

/** One client: it attests, one time after the other. Used by one thread at a time. */
interface LoadClient extends AutoCloseable {
  /** Tries one attestation; never throws for what a server does. */
  Attempt attest();

  /** Ends the connection; may be called from another thread, also during an attestation. */
  @Override
  void close();
}
