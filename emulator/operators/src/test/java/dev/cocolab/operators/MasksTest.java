package dev.cocolab.operators;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MasksTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p1   0/1   Pending   0   7s | p1   0/1     Pending   0     2m12s",
        "web-7c5ddbdf54-bcdfg | web-6b9f7c8d45-x2z4k",
        "web-7c5ddbdf54   1   1 | web-6b9f7c8d45   1   1",
        "uid: 5f0c1d1e-1111-4222-8333-0123456789ab | uid: 00000000-0000-0000-0000-000000000000",
        "resourceVersion: \"12\" | resourceVersion: \"3456\"",
        "creationTimestamp: \"2026-01-01T00:00:00Z\" | creationTimestamp: \"2027-12-31T23:59:59Z\"",
        "Start Time:  Thu, 01 Jan 2026 00:00:00 +0000 | Start Time:  Fri, 31 Dec 2027 23:59:59 +0000",
        "https://127.0.0.1:6443/api | https://127.0.0.1:40123/api",
        "80:30001/TCP | 80:31999/TCP",
        "svc   ClusterIP   10.96.0.17   80/TCP | svc   ClusterIP   10.96.201.9    80/TCP",
      })
  void hidesWhatDiffersBetweenTwoRuns(String one, String other) {
    assertThat(Masks.apply(one)).isEqualTo(Masks.apply(other));
  }

  @Test
  void kubectlsOwnWordsOfADeadlineDoNotCount() {
    String logged =
        "E1130 23:28:26.082025   17891 reflector.go:166] \"Unhandled Error\" err=\"x: Failed to watch"
            + " *unstructured.Unstructured: context deadline exceeded\"\n";
    String other = logged.replace("context deadline exceeded", "connection refused");

    assertThat(Masks.apply(logged + "error: timed out\n")).isEqualTo("error: timed out\n");
    assertThat(Masks.apply(other + "error: timed out\n")).isNotEqualTo("error: timed out\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p1   0/1   Pending   0   7s | p1   0/1   Running   0   7s",
        "p1   0/1   Pending   0   7s | p1   0/1   Pending   1   7s",
        "p1   0/1   Pending   0   7s | p1   0/1   Pending   0   <unknown>",
        "web-7c5ddbdf54-bcdfg | web-7c5ddbdf54",
        "web-7c5ddbdf54 | web",
        "web-frontend | web-backend",
        "replicas: 1 | replicas: 2",
        "timed out after 5s waiting | timed out after 6s waiting",
        "resourceVersion: \"12\" | resourceVersion: \"\"",
        "creationTimestamp: \"2026-01-01T00:00:00Z\" | creationTimestamp: null",
        "https://127.0.0.1:6443/api | https://127.0.0.1:6443/apis",
        "80:30001/TCP | 80/TCP",
        "80:30001/TCP | 81:30001/TCP",
        "svc   ClusterIP   10.96.0.17   80/TCP | svc   ClusterIP   None   80/TCP",
        "podIP: 10.0.0.7 | podIP: 10.0.0.8",
        "op=Exists for 300s | op=Exists for 301s",
        "exit code 1 | exit code 2",
      })
  void leavesARealDifferenceVisible(String one, String other) {
    assertThat(Masks.apply(one)).isNotEqualTo(Masks.apply(other));
  }
}
