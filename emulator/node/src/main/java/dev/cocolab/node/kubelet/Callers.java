package dev.cocolab.node.kubelet;

import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who may ask a kubelet: the API server alone, which has looked at its rules before. The authority
 * of its certificate gives certificates to users too, so that having one is not enough.
 *
 * @param allowed common name of the one client
 */
record Callers(String allowed) {
  /** The name in the client's certificate if it may not ask; empty if it may. */
  Optional<String> refused(SSLSession session) {
    String name = name(session);
    return name.equals(allowed) ? Optional.empty() : Optional.of(name);
  }

  /** What a kubelet says to those whom it does not serve. */
  static String text(String name) {
    return "Forbidden (user=" + name + ", resource=nodes, subresource(s)=[proxy])";
  }

  private static String name(SSLSession session) {
    try {
      if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
        return new LdapName(certificate.getSubjectX500Principal().getName())
            .getRdns().stream()
                .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                .map(Rdn::getValue)
                .map(String::valueOf)
                .findFirst()
                .orElse("");
      }
      return "";
    } catch (SSLPeerUnverifiedException | InvalidNameException e) {
      return "";
    }
  }
}
