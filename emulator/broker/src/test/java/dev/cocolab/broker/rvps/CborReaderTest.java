package dev.cocolab.broker.rvps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.broker.failure.BrokerException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples of RFC 8949, appendix A, and what must be refused. */
class CborReaderTest {
  private static Cbor read(String hex) {
    return CborReader.read(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @CsvSource({
    "00, 0",
    "17, 23",
    "1818, 24",
    "1903e8, 1000",
    "1a000f4240, 1000000",
    "1bffffffffffffffff, 18446744073709551615",
    "3bffffffffffffffff, -18446744073709551616",
    "20, -1",
    "3863, -100",
    "3903e7, -1000"
  })
  void numbersOfTheStandard(String hex, String value) {
    assertThat(read(hex)).isEqualTo(new Cbor.Int(new BigInteger(value)));
  }

  @Test
  void stringsArraysMapsAndTagsOfTheStandard() {
    assertThat(read("6449455446")).isEqualTo(new Cbor.Text("IETF"));
    assertThat(read("7f657374726561646d696e67ff")).isEqualTo(new Cbor.Text("streaming"));
    assertThat(((Cbor.Bytes) read("5f42010243030405ff")).value()).containsExactly(1, 2, 3, 4, 5);
    assertThat(
            ((Cbor.Array) read("98190102030405060708090a0b0c0d0e0f101112131415161718181819"))
                .items())
        .hasSize(25);
    assertThat(read("9fff")).isEqualTo(read("80"));
    assertThat(((Cbor.Fields) read("a201020304")).get(3))
        .isEqualTo(java.util.Optional.of(read("04")));
    assertThat(read("bf61610161629f0203ffff")).isEqualTo(read("a26161016162820203"));
    assertThat(((Cbor.Tagged) read("c11a514b67b0")).tag()).isEqualTo(1);
    assertThat(read("f5")).isEqualTo(new Cbor.Simple(21, 21));
    assertThat(read("fb3ff199999999999a")).isInstanceOf(Cbor.Simple.class);
  }

  @ParameterizedTest
  @CsvSource({
    "'', a sudden end",
    "18, a sudden end",
    "41, beyond the end",
    "9b7fffffffffffffff, beyond all bounds",
    "9a7fffffff, beyond the end",
    "0000, bytes behind the end",
    "1c, a number of unknown form",
    "ff, a break without a beginning",
    "61ff, text that is not UTF-8",
    "5f6161ff, a string with a part that is none",
    "a201010102, a map with a key twice",
    "dbffffffffffffffff00, beyond all bounds"
  })
  void whatIsNotCborIsRefusedWithTheReason(String hex, String reason) {
    assertThatThrownBy(() -> read(hex))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> assertThat(e.reason()).isEqualTo(BrokerException.Reason.REFERENCE_VALUES))
        .hasMessageContaining(reason);
  }

  @Test
  void levelsAreBounded() {
    byte[] deep = new byte[100_000];
    Arrays.fill(deep, (byte) 0x81);

    assertThatThrownBy(() -> CborReader.read(deep)).hasMessageContaining("more than 64 levels");
  }

  @Property(tries = 500)
  void anyBytesAreReadOrRefused(@ForAll @Size(max = 64) byte[] bytes) {
    try {
      assertThat(CborReader.read(bytes)).isNotNull();
    } catch (BrokerException refused) {
      assertThat(refused.reason()).isEqualTo(BrokerException.Reason.REFERENCE_VALUES);
    }
  }
}
