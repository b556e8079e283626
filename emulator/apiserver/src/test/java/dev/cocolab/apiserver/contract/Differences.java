package dev.cocolab.apiserver.contract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The table of answers of the embedded server that differ on purpose: {@code
 * contract/differences.txt}. Each says why, and what is answered instead.
 */
final class Differences {
  private static final Pattern HEAD = Pattern.compile("== ([a-z]+\\.txt): (.+)");
  private static final Pattern LINE =
      Pattern.compile("([0-9]+) (->|/(?:[^ \\[]|\\[[^]]*])+|text|body|header [A-Za-z-]+) (.+)");

  /** Where an answer is compared. */
  private record Key(String file, String title, int step, String place) {
    @Override
    public String toString() {
      return file + ": " + title + ": step " + step + " " + place;
    }
  }

  private final Map<Key, String> instead = new HashMap<>();

  static Differences read() {
    Differences table = new Differences();
    String file = "";
    String title = "";
    boolean reason = true;
    for (String line : ContractFile.resource("differences.txt").lines().toList()) {
      Matcher head = HEAD.matcher(line);
      Matcher entry = LINE.matcher(line);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (head.matches()) {
        file = head.group(1);
        title = head.group(2);
        reason = false;
      } else if (line.matches("why .{10,}")) {
        reason = true;
      } else if (entry.matches() && reason) {
        Key key = new Key(file, title, Integer.parseInt(entry.group(1)), entry.group(2));
        if (table.instead.put(key, entry.group(3)) != null) {
          throw new IllegalArgumentException("contract/differences.txt has twice: " + key);
        }
      } else {
        throw new IllegalArgumentException(
            "contract/differences.txt: no head, reason or entry, or an entry without a reason: "
                + line);
      }
    }
    return table;
  }

  int size() {
    return instead.size();
  }

  /** What the embedded server answers there instead of the fact. */
  Optional<String> instead(ContractCase contract, int step, String place) {
    return Optional.ofNullable(
        instead.get(new Key(contract.file(), contract.title(), step, place)));
  }

  /** Entries that name no fact of any case. */
  List<String> unknown(List<ContractCase> cases) {
    Set<Key> known = new java.util.HashSet<>();
    for (ContractCase contract : cases) {
      for (int i = 0; i < contract.steps().size(); i++) {
        for (ContractCase.Fact fact : contract.steps().get(i).facts()) {
          known.add(new Key(contract.file(), contract.title(), i + 1, fact.place()));
        }
      }
    }
    Set<String> unknown = new TreeSet<>();
    for (Key key : instead.keySet()) {
      if (!known.contains(key)) {
        unknown.add(key.toString());
      }
    }
    return new ArrayList<>(unknown);
  }
}
