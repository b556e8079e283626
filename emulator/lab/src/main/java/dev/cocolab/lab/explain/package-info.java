/** Why Trustee gave a pod, or a request, what it gave. */
package dev.cocolab.lab.explain;
