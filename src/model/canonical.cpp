#include "model/canonical.h"

#include <algorithm>

#include "model/expansion.h"
#include "model/folding.h"
#include "model/passes.h"

namespace quantrail {
namespace {

/// Declared types of outputs may be missing, and shapes also of the wrong rank; what inference says is right.
void repair_outputs(Graph& graph, const Probe& probe) {
  for (auto& output : graph.outputs) {
    output.type = type_of(probe, output.name).value_or(output.type);
    const auto rank = rank_of(probe, output.name);
    if (!rank || *rank == output.shape.size()) continue;
    output.shape.assign(*rank, -1);
    output.symbols.assign(*rank, "");
  }
}

/// Otherwise codes are only a way to store weights.
bool quantizes(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [](const Node& node) { return node.op == "QuantizeLinear"; });
}

}  // namespace

Result<Graph> canonicalised(Graph graph) {
  widen_halves(graph);
  name_sums(graph);
  name_cast_types(graph);
  remove_identities(graph);
  if (auto ok = fold_constants(graph, StoredCodesStay::Yes); !ok) return failed(ok);
  expand_integer_layers(graph);
  if (!quantizes(graph)) {
    if (auto ok = fold_constants(graph, StoredCodesStay::No); !ok) return failed(ok);
    if (multiply_einsums(graph)) {
      if (auto ok = fold_constants(graph, StoredCodesStay::No); !ok) return failed(ok);
    }
  }
  remove_unused(graph);
  const Probe probe = probed(graph);
  repair_outputs(graph, probe);
  remove_same_casts(graph, probe);
  fuse_matmul_add(graph, probe);
  normalise_gemms(graph);
  fold_channel_scales(graph);
  lower_batch_normalizations(graph, probe);
  pool_spatial_means(graph, probe);
  spell_out_axes(graph, probe);
  merge_pads(graph);
  spell_out_other_clamps(graph, probe);
  merge_clamps(graph);
  remove_unused(graph);
  return graph;
}

}  // namespace quantrail
