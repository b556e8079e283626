/**
 * Who set which field: sets of field paths, the merge of server-side apply, and {@code
 * metadata.managedFields}. Source: Kubernetes documentation, "Server-Side Apply"; KEP-555;
 * structured-merge-diff v4.
 */
package dev.cocolab.apiserver.ownership;
