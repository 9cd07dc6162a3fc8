#include "fuzz/work.h"

#include "model/interpret.h"

namespace quantrail::fuzz {

double work(const Specialised& model) {
  double sum = 0.0;
  for (const auto& node : model.graph.nodes) {
    std::vector<const TensorType*> inputs;
    std::vector<const Tensor*> constants;
    for (const auto& name : node.inputs) {
      const auto type = model.types.find(name);
      const auto constant = model.graph.constants.find(name);
      inputs.push_back(type == model.types.end() ? nullptr : &type->second);
      constants.push_back(constant == model.graph.constants.end() ? nullptr : constant->second.get());
    }
    Types outputs;
    for (const auto& name : node.outputs) {
      const auto type = model.types.find(name);
      outputs.push_back(type == model.types.end() ? TensorType{} : type->second);
    }
    sum += interpretation_cost({node, model.graph.opset, inputs, constants}, outputs);
  }
  return sum;
}

}  // namespace quantrail::fuzz
