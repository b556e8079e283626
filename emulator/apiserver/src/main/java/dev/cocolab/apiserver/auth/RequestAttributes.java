package dev.cocolab.apiserver.auth;

/**
 * What a user wants to do.
 *
 * @param verb get, list, watch, create, update, patch, delete, deletecollection; for other paths
 *     the HTTP method in lower case
 * @param group API group
 * @param resource plural, empty for paths that are no resource
 * @param subresource empty for the object itself
 * @param namespace empty for cluster-wide requests
 * @param name empty for collections
 * @param path the URL path
 */
public record RequestAttributes(
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name,
    String path) {

  public boolean isResource() {
    return !resource.isEmpty();
  }

  /** {@code pods}, or {@code pods/exec} for a sub-resource, as rules name them. */
  public String fullResource() {
    return subresource.isEmpty() ? resource : resource + "/" + subresource;
  }

  /** A request about objects of one resource. */
  public static RequestAttributes of(
      String verb, String group, String resource, String namespace, String name) {
    return new RequestAttributes(verb, group, resource, "", namespace, name, "");
  }

  /** The sentence of a 403, without its beginning. */
  public String denial(User user) {
    StringBuilder text =
        new StringBuilder("User \"").append(user.name()).append("\" cannot ").append(verb);
    if (!isResource()) {
      return text.append(" path \"").append(path).append('"').toString();
    }
    text.append(" resource \"")
        .append(fullResource())
        .append("\" in API group \"")
        .append(group)
        .append('"');
    return namespace.isEmpty()
        ? text.append(" at the cluster scope").toString()
        : text.append(" in the namespace \"").append(namespace).append('"').toString();
  }
}
