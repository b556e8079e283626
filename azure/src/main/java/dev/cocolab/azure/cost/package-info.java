/** What a run costs, from Azure's list prices or a file of the user's; never a guess. */
package dev.cocolab.azure.cost;
