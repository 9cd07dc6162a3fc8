#pragma once

#include "model/shape_rules.h"
#include "runtime/emission.h"
#include "runtime/kernels_take.h"

namespace quantrail {

/// Whether the node hands codes on as they are: from codes to codes at the same scale and zero point.
[[nodiscard]] bool moves_codes(const Emission& e, std::size_t output = 0);

/// Owns what a NodeView refers to.
struct NodeFacts {
  explicit NodeFacts(const Emission& e);
  [[nodiscard]] NodeView view() const { return {node, opset, types, constants}; }

  const Node& node;
  std::int64_t opset;
  std::vector<const TensorType*> types{};
  std::vector<const Tensor*> constants{};
};

/// One entry per axis of the tensor, in the order in which `layout` stores the axes.
template <class T>
[[nodiscard]] std::vector<T> in_stored_order(const std::vector<T>& by_axis, Layout layout) {
  std::vector<T> stored(by_axis.size());
  for (std::size_t axis = 0; axis < by_axis.size(); ++axis)
    stored[stored_axis(axis, by_axis.size(), layout)] = by_axis[axis];
  return stored;
}

/// Adds a step that runs `kernel(source, target)` on Words, from input 0 to output `output`: codes where they are
/// moved, else elements of the value's own type.
template <class Kernel>
[[nodiscard]] Status emit_words(const Emission& e, Layout layout, Kernel kernel, std::size_t output = 0) {
  const bool codes = moves_codes(e, output);
  auto source = codes ? e.read_codes(0, layout) : e.read_float(0, layout);
  if (!source) return failed(source);
  const auto& value = e.node().outputs[output];
  const auto result = e.builder().write(value, {codes ? Numeric::Codes : Numeric::Float, layout});
  const auto add = [&]<class T>(T) {
    e.step({*source}, {result}, [kernel, from = *source, result](const Bindings& at) {
      return action([kernel, source = at.source<T>(from), target = at.target<T>(result)] { kernel(source, target); });
    });
  };
  switch (codes ? 1 : size_of(e.builder().type(value).type)) {
    case 1: add(kernels::Word<1>{}); break;
    case 2: add(kernels::Word<2>{}); break;
    case 4: add(kernels::Word<4>{}); break;
    default: add(kernels::Word<8>{}); break;
  }
  return {};
}

/// The same for float32 and codes alone.
template <class Kernel>
[[nodiscard]] Status emit_moving(const Emission& e, Layout layout, Kernel kernel) {
  const auto add = [&]<class T>(T, Numeric numeric, Result<StorageId> source) -> Status {
    if (!source) return failed(source);
    const auto result = e.builder().write(e.result(), {numeric, layout});
    e.step({*source}, {result}, [kernel, from = *source, result](const Bindings& at) {
      return action([kernel, source = at.source<T>(from), target = at.target<T>(result)] { kernel(source, target); });
    });
    return {};
  };
  if (moves_codes(e)) return add(std::uint8_t{}, Numeric::Codes, e.read_codes(0, layout));
  return add(float{}, Numeric::Float, e.read_float(0, layout));
}

}  // namespace quantrail
