package dev.cocolab.tee;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes RSA-2048 keys ahead of need on one background thread, because one takes a tenth of a second
 * or more. Keys are kept in memory only. A taker who finds the pool empty makes a key itself.
 */
public final class RsaKeyPool implements RsaKeys, AutoCloseable {

  private static final int KEY_BITS = 2048;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final SecureRandom random;
  private final BlockingQueue<KeyPair> keys;
  private final CountDownLatch filled;
  private final Thread filler;

  private RsaKeyPool(int size, SecureRandom random) {
    this.random = random;
    this.keys = new ArrayBlockingQueue<>(size);
    this.filled = new CountDownLatch(size);
    this.filler = new Thread(this::fill, "rsa-key-pool");
    filler.setDaemon(true);
  }

  /**
   * Starts a pool.
   *
   * @param size keys to keep ready; a VM takes two
   * @param random source of the keys; must be safe for use by several threads, as those of the JDK
   *     are
   */
  public static RsaKeyPool start(int size, SecureRandom random) {
    RsaKeyPool pool = resting(size, random);
    pool.begin();
    return pool;
  }

  /**
   * A pool that makes no key ahead before {@link #begin}, so that it does not slow a start down.
   */
  public static RsaKeyPool resting(int size, SecureRandom random) {
    return new RsaKeyPool(size, random);
  }

  /** Starts to make keys; does nothing when called again. */
  public synchronized void begin() {
    if (filler.getState() == Thread.State.NEW) {
      filler.start();
    }
  }

  @Override
  public KeyPair take() {
    KeyPair ready = keys.poll();
    return ready == null ? generate() : ready;
  }

  /**
   * Waits until the pool has been full once.
   *
   * @return whether it was within the time
   * @throws InterruptedException if the waiting thread is interrupted
   */
  public boolean awaitFilled(Duration timeout) throws InterruptedException {
    return filled.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the background thread; keys already made stay available. */
  @Override
  public void close() {
    filler.interrupt();
    try {
      filler.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this thread makes the keys. */
  boolean isFilledBy(Thread thread) {
    return filler == thread;
  }

  private void fill() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        keys.put(generate());
        filled.countDown();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(KEY_BITS, RSAKeyGenParameterSpec.F4), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA in this Java platform", e);
    }
  }
}
