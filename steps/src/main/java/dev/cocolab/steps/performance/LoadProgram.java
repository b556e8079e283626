package dev.cocolab.steps.performance;

import dev.cocolab.cli.crypto.CryptoProviders;
import dev.cocolab.load.LoadException;
import dev.cocolab.load.LoadPlan;
import dev.cocolab.load.LoadRun;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The program that makes loads, one after the other, so that the clients share no Java runtime with
 * the lab. Each line of its input is a plan; with a member {@code time} the cryptography is timed
 * instead. Each is answered by a line: {@code operations} and {@code cryptography}, {@code result},
 * or {@code refused}. It ends with its input, also in the middle of a load.
 */
public final class LoadProgram {
  /** Member of a plan that asks for the time of the cryptography. */
  static final String TIME = "time";

  private LoadProgram() {}

  /** Runs it; takes no arguments. */
  public static void main(String[] arguments) throws InterruptedException {
    // What is written is for the program that started this one, and for no person.
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    String provider = new CryptoProviders().install(System.getenv()).provider();
    LineQueue lines = LineQueue.of(System.in);
    for (String line = lines.next(); line != null; line = lines.next()) {
      out.println(answer(line, provider));
    }
  }

  private static ObjectNode answer(String line, String provider) throws InterruptedException {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    try {
      JsonNode asked = JsonMapper.shared().readTree(line);
      LoadRun run = new LoadRun(LoadPlan.parse(line), new SecureRandom(), Clock.systemUTC());
      run.check();
      if (asked.path(TIME).asBoolean(false)) {
        out.put("cryptography", provider);
        ArrayNode operations = out.putArray("operations");
        run.operations().forEach(operation -> operation.addTo(operations.addObject()));
      } else {
        out.set("result", run.run().toJson());
      }
    } catch (LoadException e) {
      out.put("refused", e.getMessage());
    }
    return out;
  }

  /**
   * Reads ahead, to see the end of the input while a load is made: nobody reads its result then.
   */
  private static final class LineQueue {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    static LineQueue of(InputStream in) {
      LineQueue queue = new LineQueue();
      Thread reader =
          new Thread(
              () -> {
                try (BufferedReader all =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                  for (String line = all.readLine(); line != null; line = all.readLine()) {
                    queue.lines.add(line);
                  }
                } catch (IOException e) {
                  // as good as the end
                }
                Runtime.getRuntime().halt(0);
              },
              "load-input");
      reader.setDaemon(true);
      reader.start();
      return queue;
    }

    String next() throws InterruptedException {
      return lines.take();
    }
  }
}
