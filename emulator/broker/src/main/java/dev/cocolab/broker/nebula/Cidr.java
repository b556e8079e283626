package dev.cocolab.broker.nebula;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address with its network.
 *
 * @param address big-endian
 * @param bits length of the prefix, 0 to 32
 */
record Cidr(int address, int bits) {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

  /**
   * Reads {@code a.b.c.d/n}.
   *
   * @param what names the value in messages
   * @throws BrokerException PLUGIN
   */
  static Cidr parse(String what, String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      int address = 0;
      boolean legal = Integer.parseInt(form.group(5)) <= 32;
      for (int i = 1; i <= 4; i++) {
        int octet = Integer.parseInt(form.group(i));
        boolean zeros = form.group(i).length() > 1 && form.group(i).startsWith("0");
        legal = legal && octet <= 255 && !zeros;
        address = address << 8 | octet;
      }
      if (legal) {
        return new Cidr(address, Integer.parseInt(form.group(5)));
      }
    }
    throw new BrokerException(Reason.PLUGIN, "invalid " + what + ": invalid CIDR address: " + text);
  }

  /** Reads a list with commas between its elements; empty ones do not count. */
  static List<Cidr> list(String what, String text) {
    List<Cidr> out = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      if (!one.isBlank()) {
        out.add(parse(what, one.strip()));
      }
    }
    return out;
  }

  int mask() {
    return bits == 0 ? 0 : -1 << (32 - bits);
  }

  /** The network alone. */
  Cidr network() {
    return new Cidr(address & mask(), bits);
  }

  /** Whether all of another network lies in this one. */
  boolean contains(Cidr other) {
    return other.bits >= bits && (other.address & mask()) == (address & mask());
  }

  /**
   * An address with a mask.
   *
   * @throws BrokerException KEY when the mask is no prefix
   */
  static Cidr of(int address, int mask) {
    Cidr out = new Cidr(address, Integer.bitCount(mask));
    if (out.mask() != mask) {
      throw new BrokerException(Reason.KEY, "a Nebula certificate with a mask that is no prefix");
    }
    return out;
  }

  @Override
  public String toString() {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 0xff)
        + "."
        + (address >>> 8 & 0xff)
        + "."
        + (address & 0xff)
        + "/"
        + bits;
  }
}
