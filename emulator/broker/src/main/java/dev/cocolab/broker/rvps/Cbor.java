package dev.cocolab.broker.rvps;

import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A data item of CBOR (RFC 8949, section 3). */
sealed interface Cbor {
  /** Major types 0 and 1: from -2^64 to 2^64 - 1. */
  record Int(BigInteger value) implements Cbor {}

  /** Major type 2; not to be changed. */
  @SuppressWarnings("ArrayRecordComponent") // neither changed nor compared as a record
  record Bytes(byte[] value) implements Cbor {}

  /** Major type 3. */
  record Text(String value) implements Cbor {}

  /** Major type 4. */
  record Array(List<Cbor> items) implements Cbor {
    public Array {
      items = List.copyOf(items);
    }
  }

  /** Major type 5, in the order of the document; each key once. */
  record Fields(List<Field> fields) implements Cbor {
    public Fields {
      fields = List.copyOf(fields);
    }

    /** The value under a whole number. */
    Optional<Cbor> get(long key) {
      return fields.stream()
          .filter(f -> f.key() instanceof Int i && i.value().equals(BigInteger.valueOf(key)))
          .map(Field::value)
          .findFirst();
    }
  }

  /** A pair of a map. */
  record Field(Cbor key, Cbor value) {
    public Field {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(value, "value");
    }
  }

  /** Major type 6. */
  record Tagged(long tag, Cbor content) implements Cbor {}

  /** Major type 7 as it stands: false, true, null, undefined and floating-point numbers. */
  record Simple(int kind, long bits) implements Cbor {}
}
