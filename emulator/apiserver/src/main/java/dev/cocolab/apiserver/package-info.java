/**
 * An embedded Kubernetes API server: one JVM, everything in memory, driven by real kubectl and by
 * the fabric8 client.
 *
 * <p>Layers, with arrows one way: {@code http} (routes, media types, codes) calls {@code resource}
 * (rules of the API), which calls {@code store} (objects and revisions). The other packages are
 * what these three consult.
 */
package dev.cocolab.apiserver;
