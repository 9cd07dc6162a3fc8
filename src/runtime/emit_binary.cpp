#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "model/numeric_values.h"
#include "runtime/emission.h"
#include "runtime/emit_elementwise.h"
#include "runtime/kernels_binary.h"
#include "runtime/kernels_unary.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

using kernels::BinaryOp;

const std::map<std::string_view, BinaryOp>& operators() {
  static const std::map<std::string_view, BinaryOp> kOperators{
      {"Add", BinaryOp::Add}, {"Sub", BinaryOp::Sub}, {"Mul", BinaryOp::Mul}, {"Div", BinaryOp::Div},
      {"Pow", BinaryOp::Pow}, {"Min", BinaryOp::Min}, {"Max", BinaryOp::Max}, {"PRelu", BinaryOp::PRelu},
  };
  return kOperators;
}

/// The operands' and the result's axes as they lie in memory.
struct StoredShapes {
  Layout layout = Layout::Plain;
  std::array<Shape, 2> operands{};
  Shape result{};
  [[nodiscard]] kernels::BroadcastShapes view() const { return {operands[0], operands[1], result}; }
};

Shape padded(const Shape& shape, std::size_t rank) {
  Shape longer(rank - std::min(rank, shape.size()), 1);
  longer.insert(longer.end(), shape.begin(), shape.end());
  return longer;
}

/// Channels last where an operand is, unless the other has fewer axes and would have to be moved.
StoredShapes stored_shapes(const Emission& e) {
  const auto& node = e.node();
  StoredShapes shapes;
  shapes.result = e.builder().shape(node.outputs[0]);
  const std::size_t rank = shapes.result.size();
  bool last = false;
  bool movable = true;
  for (std::size_t at = 0; at < 2; ++at) {
    shapes.operands[at] = padded(e.shape(at), rank);
    last = last || e.builder().layout(node.inputs[at]) == Layout::ChannelsLast;
    movable = movable && (e.shape(at).size() == rank || !layout_matters(shapes.operands[at]));
  }
  if (last && movable) shapes.layout = Layout::ChannelsLast;
  for (auto& operand : shapes.operands) operand = stored_shape(operand, shapes.layout);
  shapes.result = stored_shape(shapes.result, shapes.layout);
  return shapes;
}

/// A part of the result, with the parts of the operands that it is computed from; in elements.
struct Slab {
  struct Part {
    std::size_t first = 0;
    std::size_t count = 0;
    template <class T>
    [[nodiscard]] std::span<T> of(std::span<T> whole) const {
      return whole.subspan(first, count);
    }
  };
  StoredShapes shapes{};
  std::array<Part, 2> operands{};
  Part result{};
};

/// Positions [first, last) of `axis`; all of an operand that is repeated along it.
Slab::Part cut(Shape& shape, std::size_t axis, std::int64_t first, std::int64_t last) {
  if (shape[axis] == 1) return {0, static_cast<std::size_t>(element_count(shape))};
  shape[axis] = last - first;
  const auto count = element_count(shape);
  return {static_cast<std::size_t>(count / (last - first) * first), static_cast<std::size_t>(count)};
}

/// One for each thread, along the first axis that has more than one position.
std::vector<Slab> slabs_of(const StoredShapes& whole, std::size_t threads) {
  const auto found =
      std::find_if(whole.result.begin(), whole.result.end(), [](std::int64_t size) { return size != 1; });
  const auto axis = static_cast<std::size_t>(found - whole.result.begin());
  const auto most = worthwhile_threads(threads, static_cast<std::size_t>(element_count(whole.result)));
  const std::int64_t pieces = most == 1 ? 1 : std::min(static_cast<std::int64_t>(most), *found);
  std::vector<Slab> slabs;
  for (std::int64_t piece = 0; piece < pieces; ++piece) {
    Slab slab{whole};
    const auto part = [&](Shape& shape) {
      if (pieces == 1) return Slab::Part{0, static_cast<std::size_t>(element_count(shape))};
      return cut(shape, axis, *found * piece / pieces, *found * (piece + 1) / pieces);
    };
    for (std::size_t at = 0; at < 2; ++at) slab.operands[at] = part(slab.shapes.operands[at]);
    slab.result = part(slab.shapes.result);
    slabs.push_back(std::move(slab));
  }
  return slabs;
}

/// Calls work(slab) for each, all at once.
template <class Work>
void for_each_slab(const std::vector<Slab>& slabs, const Work& work) {
  shared_work(slabs.size(), slabs.size(), 1, [&](std::size_t first, std::size_t last, std::size_t) {
    for (std::size_t at = first; at < last; ++at) work(slabs[at]);
  });
}

bool integer_kernel(const Emission& e, BinaryOp op) {
  return e.codes_to_codes() && (op == BinaryOp::Add || op == BinaryOp::Sub || op == BinaryOp::Mul) &&
         e.builder().params(e.node().inputs[0]) != nullptr && e.builder().params(e.node().inputs[1]) != nullptr;
}

/// Where the result goes: onto an operand of its size that nobody needs any more, which is in the caches already.
StorageId result_storage(const Emission& e, const StoredShapes& shapes, const std::array<StorageId, 2>& from,
                         Form form) {
  auto& builder = e.builder();
  for (std::size_t at = 0; at < 2; ++at) {
    if (shapes.operands[at] != shapes.result || !builder.dies(from[at], e.unit().node, e.unit().node)) continue;
    builder.place(e.result(), form, from[at]);
    return from[at];
  }
  return builder.write(e.result(), form);
}

Status emit_codes(const Emission& e, BinaryOp op, const StoredShapes& shapes) {
  std::array<StorageId, 2> from{};
  std::array<ActivationParams, 2> params{};
  for (std::size_t at = 0; at < 2; ++at) {
    auto source = e.read_codes(at, shapes.layout);
    if (!source) return failed(source);
    from[at] = *source;
    params[at] = e.params(e.node().inputs[at]);
  }
  const auto& result = e.params(e.result());
  const Bounds bounds = e.bounds();
  const kernels::CodeResult stored{result, activation_code(bounds.lo, result), activation_code(bounds.hi, result)};
  const auto to = result_storage(e, shapes, from, {Numeric::Codes, shapes.layout});
  e.step({from[0], from[1]}, {to}, [=, slabs = slabs_of(shapes, e.threads())](const Bindings& at) {
    return action([=, lhs = at.source<std::uint8_t>(from[0]), rhs = at.source<std::uint8_t>(from[1]),
                   target = at.target<std::uint8_t>(to)] {
      for_each_slab(slabs, [&](const Slab& slab) {
        const kernels::CodeOperand left{slab.operands[0].of(lhs), params[0]};
        const kernels::CodeOperand right{slab.operands[1].of(rhs), params[1]};
        kernels::binary_codes(op, left, right, slab.shapes.view(), stored, slab.result.of(target));
      });
    });
  });
  return {};
}

/// The exponent of a power that has a loop of its own.
std::optional<float> fixed_exponent(const Emission& e) {
  const auto exponent = e.node().op == "Pow" && e.is_float(0) ? e.constant(1) : nullptr;
  if (exponent == nullptr || element_count(exponent->shape) != 1 || exponent->shape.size() > e.shape(0).size())
    return std::nullopt;
  const auto value = static_cast<float>(number_of(*exponent));
  return kernels::has_power(value) ? std::optional(value) : std::nullopt;
}

Status emit_float(const Emission& e, BinaryOp op, const StoredShapes& shapes) {
  auto lhs = e.read_float(0, shapes.layout);
  if (!lhs) return failed(lhs);
  auto rhs = e.read_float(1, shapes.layout);
  if (!rhs) return failed(rhs);
  const std::array from{*lhs, *rhs};
  const auto to = result_storage(e, shapes, from, {Numeric::Float, shapes.layout});
  const Bounds bounds = e.bounds();
  e.step({*lhs, *rhs}, {to}, [=, slabs = slabs_of(shapes, e.threads())](const Bindings& at) {
    return action([=, a = at.source<float>(from[0]), b = at.source<float>(from[1]), target = at.target<float>(to)] {
      for_each_slab(slabs, [&](const Slab& slab) {
        const auto part = slab.result.of(target);
        kernels::binary(op, slab.operands[0].of(a), slab.operands[1].of(b), slab.shapes.view(), part);
        if (bounds != Bounds{}) kernels::unary({kernels::UnaryOp::Clip, bounds.lo, bounds.hi}, part, part);
      });
    });
  });
  return {};
}

}  // namespace

Status emit_binary(const Emission& e) {
  if (const auto exponent = fixed_exponent(e))
    return emit_function(e, 0, {kernels::UnaryOp::Power, *exponent}, e.builder().layout(e.node().inputs[0]));
  if (e.node().inputs.size() != 2 || !e.is_float(0) || !e.is_float(1)) return emit_interpreted(e);
  const BinaryOp op = operators().at(e.node().op);
  const StoredShapes shapes = stored_shapes(e);
  return integer_kernel(e, op) ? emit_codes(e, op, shapes) : emit_float(e, op, shapes);
}

}  // namespace quantrail
