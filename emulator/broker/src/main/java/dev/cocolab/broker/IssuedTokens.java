package dev.cocolab.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which appraisal a token came from. Keeps digests of tokens, not tokens; the oldest give way. */
final class IssuedTokens {
  private static final int CAPACITY = 1000;

  private final Map<String, Appraisal> appraisals = new LinkedHashMap<>();

  synchronized void add(String token, Appraisal appraisal) {
    if (appraisals.size() == CAPACITY) {
      appraisals.remove(appraisals.keySet().iterator().next());
    }
    appraisals.put(digest(token), appraisal);
  }

  synchronized Optional<Appraisal> find(String token) {
    return Optional.ofNullable(appraisals.get(digest(token)));
  }

  private static String digest(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
