package dev.cocolab.steps.targets.aro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.steps.targets.DatasetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GitHubMasksTest {
  private static final String KEY =
      Base64.getEncoder()
          .encodeToString(
              "-----BEGIN KEY-----\nCANARYline\n-----END KEY-----\n"
                  .getBytes(StandardCharsets.UTF_8));
  private static final String KUBECONFIG =
      """
      apiVersion: v1
      kind: Config
      clusters: []
      contexts: []
      users:
      - name: admin
        user: {client-certificate-data: UHVibGlj, client-key-data: %s}
      - name: other
        user: {token: CANARYtoken, password: short}
      """
          .formatted(KEY);

  private final List<String> lines = new ArrayList<>();

  @Test
  void hidesKeysLineByLineAndTokensOnce() {
    GitHubMasks masks = new GitHubMasks(Map.of("GITHUB_ACTIONS", "true"), lines::add);

    masks.hideSecretsOf(KUBECONFIG);
    masks.hide("CANARYtoken");

    assertThat(lines)
        .containsExactly("::add-mask::" + KEY, "::add-mask::CANARYline", "::add-mask::CANARYtoken");
  }

  @Test
  void saysNothingElsewhere() {
    new GitHubMasks(Map.of(), lines::add).hideSecretsOf(KUBECONFIG);

    assertThat(lines).isEmpty();
  }

  @Test
  void doesNotQuoteWhatIsNoKubeconfig() {
    GitHubMasks masks = new GitHubMasks(Map.of("GITHUB_ACTIONS", "true"), lines::add);

    assertThatThrownBy(() -> masks.hideSecretsOf("users: [CANARY"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the cluster's admin kubeconfig is not one")
        .hasNoCause();
  }

  @Test
  void addressesDoNotShowTheirSignature() {
    assertThat(new DatasetAddress("account", "container", "blob", "sig=CANARY"))
        .hasToString("DatasetAddress[account/container/blob]");
  }
}
