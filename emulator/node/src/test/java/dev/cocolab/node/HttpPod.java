package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.ready;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketException;
import java.net.URI;

/**
 * A pod with an HTTP server at port 8080 that sends back what it gets, or as many bytes as the path
 * says; at 8081 it listens at 127.0.0.1 only, at 8082 it holds connections without reading.
 */
final class HttpPod {
  private static final String SERVER =
      """
      $| = 1; $SIG{CHLD} = 'IGNORE'; $SIG{PIPE} = 'IGNORE';
      sub on { my ($port, @ip) = @_; socket(my $s, 2, 1, 0); setsockopt($s, 1, 2, 1);
        bind($s, pack('S n C4 x8', 2, $port, @ip)) or die; listen($s, 128); return $s }
      sub serve { my ($s, $answer) = @_;
        while (accept(my $c, $s)) { next if fork(); close $s; $answer->($c); exit } }
      sub http { my $c = shift; my ($head, $body) = ('', '');
        while ($head !~ /\\r\\n\\r\\n/) { sysread($c, $head, 65536, length $head) or exit }
        ($head, $body) = split(/\\r\\n\\r\\n/, $head, 2);
        my $n = $head =~ /Content-Length: (\\d+)/i ? $1 : 0;
        while (length($body) < $n) { sysread($c, $body, 65536, length $body) or exit }
        $body = 'x' x $1 if $head =~ m{^GET /(\\d+)};
        print $c "HTTP/1.1 200 OK\\r\\nContent-Length: ", length($body),
          "\\r\\nConnection: close\\r\\n\\r\\n", $body; }
      my ($any, $near, $deaf) = (on(8080, 0, 0, 0, 0), on(8081, 127, 0, 0, 1), on(8082, 0, 0, 0, 0));
      if (!fork()) { serve($near, \\&http) }
      if (!fork()) { serve($deaf, sub { print "held\\n"; sleep 100 }) }
      print "ready\\n"; serve($any, \\&http);
      """;

  private HttpPod() {}

  static void start(TestCluster cluster, String name, String specification) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, labels: {app: %s}}
        spec:
          terminationGracePeriodSeconds: 0
          %s
          containers:
          - name: app
            image: quay.io/lab/tools:1
            ports: [{name: web, containerPort: 8080}]
            readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
            command:
            - perl
            - -e
            - |
        """
            .formatted(name, name, specification)
            .concat(SERVER.indent(6)),
        ready());
  }

  /** Asks for so many bytes. */
  static byte[] get(int localPort, String path) throws IOException {
    return open(localPort, path).getInputStream().readAllBytes();
  }

  /** Sends bytes and returns those of the answer. */
  static byte[] echo(int localPort, byte[] body) throws IOException {
    HttpURLConnection connection = open(localPort, "/");
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length);
    connection.getOutputStream().write(body);
    return connection.getInputStream().readAllBytes();
  }

  /** The connection ends without an answer. */
  static void refused(int localPort) {
    assertThatThrownBy(() -> get(localPort, "/")).isInstanceOf(SocketException.class);
  }

  private static HttpURLConnection open(int localPort, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + localPort + path).toURL().openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(20_000);
    return connection;
  }

  static void delete(TestCluster cluster, String name) {
    cluster.client.pods().inNamespace("default").withName(name).delete();
    cluster.awaitGone(name);
  }
}
