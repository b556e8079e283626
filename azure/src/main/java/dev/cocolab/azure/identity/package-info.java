/** Who a run is on Azure, and its tokens. */
package dev.cocolab.azure.identity;
