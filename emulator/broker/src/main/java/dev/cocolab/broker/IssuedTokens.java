package dev.cocolab.broker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which appraisal a token came from. Keeps the tokens' signatures, which say nothing by themselves
 * and are never the same twice; the oldest give way.
 */
final class IssuedTokens {
  private static final int CAPACITY = 1000;

  private final Map<String, Appraisal> appraisals = new LinkedHashMap<>();

  synchronized void add(String token, Appraisal appraisal) {
    if (appraisals.size() == CAPACITY) {
      appraisals.remove(appraisals.keySet().iterator().next());
    }
    appraisals.put(signature(token), appraisal);
  }

  synchronized Optional<Appraisal> find(String token) {
    return Optional.ofNullable(appraisals.get(signature(token)));
  }

  private static String signature(String token) {
    return token.substring(token.lastIndexOf('.') + 1);
  }
}
