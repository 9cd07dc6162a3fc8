#include "runtime/qdq_network.h"

#include "model/interpret.h"

namespace quantrail::testing {

void QdqNetwork::compute() {
  const Node& added = graph().nodes.back();
  std::vector<const Tensor*> operands;
  for (const auto& input : added.inputs) {
    const auto known = graph().constants.find(input);
    operands.push_back(input.empty() ? nullptr
                                     : (known != graph().constants.end() ? known->second.get() : &values_.at(input)));
  }
  auto results = interpreted(added, graph().opset, operands).value();
  for (std::size_t at = 0; at < added.outputs.size(); ++at) values_[added.outputs[at]] = std::move(results[at]);
}

}  // namespace quantrail::testing
