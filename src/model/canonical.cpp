#include "model/canonical.h"

#include "model/folding.h"
#include "model/passes.h"

namespace quantrail {
namespace {

/// Declared shapes of outputs may be missing or of the wrong rank; what inference says is right.
void repair_outputs(Graph& graph, const Ranks& ranks) {
  for (auto& output : graph.outputs) {
    const auto rank = ranks.find(output.name);
    if (rank == ranks.end() || rank->second == output.shape.size()) continue;
    output.shape.assign(rank->second, -1);
    output.symbols.assign(rank->second, "");
  }
}

}  // namespace

Result<Graph> canonicalised(Graph graph) {
  remove_identities(graph);
  if (auto ok = fold_constants(graph); !ok) return failed(ok);
  remove_unused(graph);
  const Ranks ranks = probed_ranks(graph);
  repair_outputs(graph, ranks);
  fuse_matmul_add(graph, ranks);
  normalise_gemms(graph);
  fold_channel_scales(graph);
  lower_batch_normalizations(graph, ranks);
  pool_spatial_means(graph, ranks);
  merge_pads(graph);
  remove_unused(graph);
  return graph;
}

}  // namespace quantrail
