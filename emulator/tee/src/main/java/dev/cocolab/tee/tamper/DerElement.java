package dev.cocolab.tee.tamper;

import dev.cocolab.tee.TeeException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where an element of DER lies (X.690): tag, length and content.
 *
 * @param bytes what it lies in
 * @param begin of the tag
 * @param content of the content
 * @param end after the content
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DerElement(byte[] bytes, int begin, int content, int end) {

  private static final int LONG_FORM = 0x80;
  private static final int SEQUENCE = 0x30;

  /** The element that begins here. */
  static DerElement at(byte[] bytes, int begin) {
    if (begin + 2 > bytes.length) {
      throw malformed();
    }
    int first = Byte.toUnsignedInt(bytes[begin + 1]);
    int content = begin + 2;
    long length = first;
    if (first >= LONG_FORM) {
      int octets = first - LONG_FORM;
      content += octets;
      if (octets == 0 || octets > 3 || content > bytes.length) {
        throw malformed();
      }
      length = 0;
      for (int i = begin + 2; i < content; i++) {
        length = length << Byte.SIZE | Byte.toUnsignedInt(bytes[i]);
      }
    }
    if (length > bytes.length - content) {
      throw malformed();
    }
    return new DerElement(bytes, begin, content, content + (int) length);
  }

  int tag() {
    return Byte.toUnsignedInt(bytes[begin]);
  }

  int length() {
    return end - content;
  }

  /** The elements inside. */
  List<DerElement> children() {
    List<DerElement> children = new ArrayList<>();
    int at = content;
    while (at < end) {
      DerElement child = at(bytes, at);
      if (child.end() > end) {
        throw malformed();
      }
      children.add(child);
      at = child.end();
    }
    return children;
  }

  byte[] value() {
    return Arrays.copyOfRange(bytes, content, end);
  }

  byte[] whole() {
    return Arrays.copyOfRange(bytes, begin, end);
  }

  /** A SEQUENCE of these elements. */
  static byte[] sequence(byte[]... elements) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] element : elements) {
      body.writeBytes(element);
    }
    return wrap(SEQUENCE, body.toByteArray());
  }

  /** An element with this content, shorter than 64 KiB. */
  static byte[] wrap(int tag, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (body.length >= 0x100) {
      out.write(LONG_FORM + 2);
      out.write(body.length >> Byte.SIZE);
    } else if (body.length >= LONG_FORM) {
      out.write(LONG_FORM + 1);
    }
    out.write(body.length);
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static TeeException malformed() {
    return new TeeException(
        TeeException.Reason.EVIDENCE_MALFORMED, "a certificate of the evidence is not DER");
  }
}
