package dev.cocolab.tee.tamper;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Puts another PCK certificate into a TDX quote; sizes follow where the text changes its length.
 */
final class PckExchange {

  private static final int OUTER_SIZE = 2;

  private PckExchange() {}

  static byte[] in(byte[] quote, byte[] der) {
    TdxFields.Frame frame = TdxFields.Frame.of(quote).orElseThrow();
    String chain = TdxFields.chain(quote, frame);
    byte[] text = PemChain.withFirst(chain, der).getBytes(StandardCharsets.ISO_8859_1);
    int begin = frame.chain(quote);
    int grown = text.length - chain.length();
    byte[] changed = new byte[begin + text.length];
    System.arraycopy(quote, 0, changed, 0, begin);
    System.arraycopy(text, 0, changed, begin, text.length);
    ByteBuffer out = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
    for (int size :
        new int[] {frame.signedSize(), frame.certification() + OUTER_SIZE, begin - Integer.BYTES}) {
      out.putInt(size, out.getInt(size) + grown);
    }
    return changed;
  }
}
