/// Every view, in the order that `uetlog project --list` prints them.
package let views: [any View.Type] = [
  PatchesView.self, WorkersView.self, BudgetView.self, TasksView.self, RunsView.self,
]
