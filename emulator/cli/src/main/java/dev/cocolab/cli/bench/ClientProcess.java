package dev.cocolab.cli.bench;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.crypto.CryptoChoice;
import dev.cocolab.cli.crypto.CryptoProviders;
import dev.cocolab.load.LoadException;
import dev.cocolab.load.LoadPlan;
import dev.cocolab.load.LoadRun;
import dev.cocolab.load.Observer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The program that makes the load. It reads its plan from the first line of its input and tells of
 * itself on its output, one JSON object a line with a member {@code event}: {@code checked}, {@code
 * timed} (with {@code operations} and {@code cryptography}), {@code measuring}, {@code measured},
 * {@code result} (with {@code result}), or {@code refused} (with {@code reason} and {@code
 * message}). A second line of input ends the load, with the line as the reason; the end of its
 * input ends the program.
 */
public final class ClientProcess {
  private final PrintStream out;

  private ClientProcess(PrintStream out) {
    this.out = out;
  }

  /** Runs it; takes no arguments. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String plan = in.readLine();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try {
      if (plan != null) {
        new ClientProcess(out).run(plan, in);
      }
    } catch (CliException e) {
      ChildProcess.end(e);
    }
    System.exit(0);
  }

  private void run(String json, BufferedReader in) throws InterruptedException {
    try {
      CryptoChoice cryptography = new CryptoProviders().install(System.getenv());
      LoadPlan plan = LoadPlan.parse(json);
      LoadRun run = new LoadRun(plan, new SecureRandom(), Clock.systemUTC());
      listen(in, run);
      run.check();
      out.println(event("checked"));
      ObjectNode timed = event("timed").put("cryptography", cryptography.provider());
      ArrayNode operations = timed.putArray("operations");
      run.operations().forEach(operation -> operation.addTo(operations.addObject()));
      out.println(timed);
      ObjectNode result = event("result");
      result.set("result", run.run(observer()).toJson());
      out.println(result);
    } catch (LoadException e) {
      ObjectNode refused = event("refused");
      refused.put("reason", e.reason().name()).put("message", e.getMessage());
      out.println(refused);
    }
  }

  private Observer observer() {
    return new Observer() {
      @Override
      public void measuring() {
        out.println(event("measuring"));
      }

      @Override
      public void measured() {
        out.println(event("measured"));
      }
    };
  }

  private static ObjectNode event(String name) {
    return JsonMapper.shared().createObjectNode().put("event", name);
  }

  /** Nobody reads the result of a load whose command has gone. */
  private static void listen(BufferedReader in, LoadRun run) {
    Thread listener =
        new Thread(
            () -> {
              try {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                  run.stop(line);
                }
              } catch (IOException e) {
                // as good as the end
              }
              Runtime.getRuntime().halt(1);
            },
            "load-input");
    listener.setDaemon(true);
    listener.start();
  }
}
