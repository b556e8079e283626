package dev.cocolab.tee.tamper;

import dev.cocolab.tee.TeeException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A change of one field.
 *
 * @param field name of the field
 * @param change what it becomes
 */
public record Tampering(String field, Change change) {

  private static final Pattern FLIP = Pattern.compile("flip(?::(\\d{1,9}))?");

  /** What a field becomes. */
  public sealed interface Change permits Value, Flip {

    /** The field after the change. */
    byte[] apply(EvidenceField field, byte[] before);
  }

  /** The field becomes these bytes, which are as many as before. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Value(byte[] bytes) implements Change {
    public Value {
      bytes = bytes.clone();
    }

    @Override
    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public byte[] apply(EvidenceField field, byte[] before) {
      if (bytes.length != before.length) {
        throw new TeeException(
            TeeException.Reason.FIELD_VALUE,
            "%s has %d bytes, the value %d: give %d hex digits"
                .formatted(field.name(), before.length, bytes.length, 2 * before.length));
      }
      return bytes.clone();
    }
  }

  /**
   * One bit of the field changes.
   *
   * @param bit its number: bit {@code n % 8} of byte {@code n / 8}
   */
  public record Flip(int bit) implements Change {
    public Flip {
      if (bit < 0) {
        throw new IllegalArgumentException("bits are counted from 0, not " + bit);
      }
    }

    @Override
    public byte[] apply(EvidenceField field, byte[] before) {
      if (bit / Byte.SIZE >= before.length) {
        throw new TeeException(
            TeeException.Reason.FIELD_VALUE,
            "%s has the bits 0 to %d, not %d"
                .formatted(field.name(), Byte.SIZE * before.length - 1, bit));
      }
      byte[] after = before.clone();
      after[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      return after;
    }
  }

  public Tampering {
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(change, "change");
  }

  /** The field becomes these bytes. */
  public static Tampering set(String field, byte[] bytes) {
    return new Tampering(field, new Value(bytes));
  }

  /** One bit of the field changes. */
  public static Tampering flip(String field, int bit) {
    return new Tampering(field, new Flip(bit));
  }

  /**
   * Reads {@code FIELD=HEX}, {@code FIELD=flip} (bit 0) or {@code FIELD=flip:BIT}.
   *
   * @throws TeeException {@link TeeException.Reason#FIELD_VALUE} for any other text
   */
  public static Tampering parse(String text) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      throw unreadable(text);
    }
    String field = text.substring(0, equals).strip();
    String value = text.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
    Matcher flip = FLIP.matcher(value);
    if (flip.matches()) {
      return flip(field, flip.group(1) == null ? 0 : Integer.parseInt(flip.group(1)));
    }
    try {
      return set(
          field, HexFormat.of().parseHex(value.startsWith("0x") ? value.substring(2) : value));
    } catch (IllegalArgumentException e) {
      throw unreadable(text);
    }
  }

  private static TeeException unreadable(String text) {
    return new TeeException(
        TeeException.Reason.FIELD_VALUE,
        "'" + text + "' is not FIELD=HEX, FIELD=flip or FIELD=flip:BIT");
  }
}
