/** The storage container of one run. */
package dev.cocolab.azure.blobs;
