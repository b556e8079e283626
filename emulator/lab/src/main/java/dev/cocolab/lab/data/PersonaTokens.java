package dev.cocolab.lab.data;

import dev.cocolab.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Users' bearer tokens in a private file, a line each: the user's name, a blank, the token. */
public final class PersonaTokens {
  private final Path folder;
  private final String name;

  PersonaTokens(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /**
   * The tokens of these users.
   *
   * @param fresh makes a token for each user when there is no file yet
   * @return user to token
   * @throws LabException DATA_DAMAGED when the file does not have one of each user
   */
  public Map<String, String> of(List<String> users, Supplier<String> fresh) {
    Path file = folder.resolve(name);
    try {
      if (!Files.exists(file)) {
        Map<String, String> made = new LinkedHashMap<>();
        users.forEach(user -> made.put(user, fresh.get()));
        StringBuilder text = new StringBuilder();
        made.forEach((user, token) -> text.append(user).append(' ').append(token).append('\n'));
        PrivateFile.write(file, text.toString());
        return made;
      }
      Map<String, String> found = new LinkedHashMap<>();
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split(" ", -1);
        if (parts.length == 2 && !parts[1].isEmpty()) {
          found.put(parts[0], parts[1]);
        }
      }
      for (String user : users) {
        if (!found.containsKey(user)) {
          throw DataFolder.damaged(folder, name, "it has no token of " + user);
        }
      }
      return found;
    } catch (IOException e) {
      throw FolderCheck.unusable(folder, e);
    }
  }
}
