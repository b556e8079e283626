package dev.cocolab.tee;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RsaKeyPoolTest {

  @Test
  void keysAreMadeAheadAndGivenOutOnce() throws InterruptedException {
    try (RsaKeyPool pool = RsaKeyPool.start(2, Lab.RANDOM)) {
      assertThat(pool.awaitFilled(Duration.ofMinutes(1))).isTrue();

      RSAPublicKey first = (RSAPublicKey) pool.take().getPublic();
      RSAPublicKey second = (RSAPublicKey) pool.take().getPublic();

      assertThat(first.getModulus()).isNotEqualTo(second.getModulus());
      assertThat(first.getModulus().bitLength()).isEqualTo(2048);
      assertThat(first.getPublicExponent()).isEqualTo(BigInteger.valueOf(65537));
    }
  }

  @Test
  void closedPoolStillServesAndItsThreadEnds() throws InterruptedException {
    RsaKeyPool pool = RsaKeyPool.start(1, Lab.RANDOM);
    pool.close();

    assertThat(pool.take()).isNotNull();
    assertThat(pool.take()).isNotNull();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.getName().equals("rsa-key-pool"))
        .allMatch(thread -> !pool.isFilledBy(thread));
  }
}
