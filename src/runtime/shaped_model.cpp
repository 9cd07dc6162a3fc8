#include "runtime/shaped_model.h"

namespace quantrail {
namespace {

Digest identity(const InputShapes& input_shapes) {
  Hasher hasher;
  hasher.add("shaped model");
  for (const auto& [name, shape] : input_shapes) hasher.add(name).add_bytes(std::as_bytes(std::span(shape)));
  return hasher.finish();
}

}  // namespace

ShapedModel::ShapedModel(const Graph& graph, Specialised at_shapes, Digest identity)
    : specialised(std::move(at_shapes)),
      index(specialised.graph),
      canonical_index(graph),
      shapes(identity),
      patterns(patterns_in(specialised, index)) {
  for (const auto& node : specialised.graph.nodes) canonical.push_back(canonical_index.node(node.name));
  for (const auto& node : specialised.late.nodes) canonical_late.push_back(canonical_index.node(node.name));
}

Result<std::shared_ptr<const ShapedModel>> shaped_model(const Graph& canonical, const InputShapes& input_shapes,
                                                        PlanCache::State& cache) {
  const Digest shapes = identity(input_shapes);
  return cache.get<ShapedModel>(shapes, [&]() -> Result<std::shared_ptr<const ShapedModel>> {
    auto model = specialised(canonical, input_shapes);
    if (!model) return failed(model);
    return std::make_shared<const ShapedModel>(canonical, std::move(*model), shapes);
  });
}

}  // namespace quantrail
