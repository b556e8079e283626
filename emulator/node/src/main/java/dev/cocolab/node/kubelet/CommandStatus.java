package dev.cocolab.node.kubelet;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How a command ended, as the {@code Status} that goes over channel 3. */
final class CommandStatus {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private CommandStatus() {}

  /** Success for 0; otherwise the code as a cause, by which clients take it over. */
  static byte[] exited(int code) {
    ObjectNode status = status(code == 0 ? "Success" : "Failure");
    if (code != 0) {
      status
          .put("message", "command terminated with non-zero exit code: exit status " + code)
          .put("reason", "NonZeroExitCode");
      status
          .putObject("details")
          .putArray("causes")
          .addObject()
          .put("reason", "ExitCode")
          .put("message", Integer.toString(code));
    }
    return bytes(status);
  }

  /** An internal error: the command was not run. */
  static byte[] failed(String cause) {
    ObjectNode status = status("Failure");
    status.put("message", "Internal error occurred: " + cause).put("reason", "InternalError");
    status.putObject("details").putArray("causes").addObject().put("message", cause);
    status.put("code", 500);
    return bytes(status);
  }

  private static ObjectNode status(String outcome) {
    ObjectNode status = JSON.createObjectNode();
    status.putObject("metadata");
    return status.put("status", outcome);
  }

  private static byte[] bytes(ObjectNode status) {
    return status.toString().getBytes(StandardCharsets.UTF_8);
  }
}
