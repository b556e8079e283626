/**
 * OCI images: references, the registry client, verified and contained unpacking into a shared
 * cache, the signature policy, and a registry server.
 *
 * <p>Formats follow the OCI image specification 1.1 and the OCI distribution specification 1.1;
 * Docker schema 2 manifests are read as well.
 */
package dev.cocolab.image;
