#include "runtime/emission.h"

#include <algorithm>
#include <map>
#include <set>

#include "runtime/emit_elementwise.h"
#include "runtime/unit_identity.h"

namespace quantrail {
namespace {

using Emitter = Status (*)(const Emission&);

const std::map<std::string_view, Emitter>& emitters() {
  static const std::map<std::string_view, Emitter> kEmitters{
      {"Conv", emit_conv},
      {"ConvTranspose", emit_conv},
      {"Gemm", emit_gemm},
      {"MatMul", emit_matmul},
      {"MaxPool", emit_pool},
      {"AveragePool", emit_pool},
      {"GlobalAveragePool", emit_global_pool},
      {"GlobalMaxPool", emit_global_pool},
      {"Reshape", emit_reshape},
      {"Flatten", emit_reshape},
      {"Squeeze", emit_reshape},
      {"Unsqueeze", emit_reshape},
      {"Identity", emit_identity},
      {"QuantizeLinear", emit_quantize},
      {"DequantizeLinear", emit_dequantize},
      {"DynamicQuantizeLinear", emit_dynamic_quantize},
      {"MatMulInteger", emit_matmul_integer},
      {"Cast", emit_cast},
      {"Transpose", emit_transpose},
      {"Concat", emit_concat},
      {"Slice", emit_slice},
      {"Pad", emit_pad},
      {"Split", emit_split},
      {"Gather", emit_gather},
      {"Expand", emit_expand},
      {"Tile", emit_tile},
      {"DepthToSpace", emit_depth_to_space},
      {"SpaceToDepth", emit_space_to_depth},
      {"Resize", emit_resize},
      {"Softmax", emit_softmax},
      {"LayerNormalization", emit_layer_normalization},
      {"InstanceNormalization", emit_instance_normalization},
      {"GroupNormalization", emit_group_normalization},
      {"MeanVarianceNormalization", emit_mean_variance_normalization},
      {"CumSum", emit_cumulative_sum},
      {"GatherElements", emit_gather_elements},
      {"ReduceMean", emit_reduce},
      {"ReduceSum", emit_reduce},
      {"ReduceMax", emit_reduce},
      {"ReduceMin", emit_reduce},
      {"ReduceProd", emit_reduce},
      {"ReduceL1", emit_reduce},
      {"ReduceL2", emit_reduce},
      {"ReduceSumSquare", emit_reduce},
      {"ReduceLogSum", emit_reduce},
      {"LSTM", emit_recurrent},
      {"GRU", emit_recurrent},
      {"RNN", emit_recurrent},
      {"ArgMax", emit_arg},
      {"ArgMin", emit_arg},
      {"Add", emit_binary},
      {"Sub", emit_binary},
      {"Mul", emit_binary},
      {"Div", emit_binary},
      {"Pow", emit_binary},
      {"Min", emit_binary},
      {"Max", emit_binary},
      {"PRelu", emit_binary},
  };
  return kEmitters;
}

Emitter emitter_of(const std::string& op) {
  const auto found = emitters().find(op);
  if (found != emitters().end()) return found->second;
  return is_unary(op) ? emit_unary : emit_interpreted;
}

/// Room for results without elements.
Status emit_nothing(const Emission& e) {
  std::set<std::string> values(e.node().outputs.begin(), e.node().outputs.end());
  values.insert(e.result());
  values.erase("");
  for (const auto& value : values) (void)e.builder().write(value, {});
  return {};
}

}  // namespace

Emission::Emission(Builder& builder, const Unit& unit)
    : builder_(builder),
      unit_(unit),
      node_(builder.graph().nodes[unit.node]),
      lowering_(builder.context().plan.lowering[unit.node]) {}

Bounds Emission::bounds() const {
  return unit_.activation ? bounds_of(builder_.graph(), builder_.graph().nodes[*unit_.activation]) : Bounds{};
}

bool Emission::has_input(std::size_t index) const {
  return index < node_.inputs.size() && !node_.inputs[index].empty();
}

bool Emission::is_float(std::size_t index) const {
  return has_input(index) && builder_.type(node_.inputs[index]).type == ElementType::Float32;
}

bool Emission::comes_as_codes(std::size_t index) const {
  return has_input(index) && index < lowering_.reads.size() && lowering_.reads[index] != Read::Float &&
         builder_.params(node_.inputs[index]) != nullptr;
}

bool Emission::leaves_as_codes(const std::string& value) const {
  return builder_.context().plan.demands.codes_only(value) && builder_.params(value) != nullptr;
}

bool Emission::codes_to_codes() const { return lowering_.integer && leaves_as_codes(unit_.result); }

Result<StorageId> Emission::read_float(std::size_t index, Layout layout) const {
  const Read read = index < lowering_.reads.size() ? lowering_.reads[index] : Read::Float;
  const Numeric numeric = read == Read::Float ? Numeric::Float : Numeric::Dequantized;
  auto storage = builder_.read(node_.inputs[index], {numeric, layout});
  if (!storage) return failed(storage, where());
  return storage;
}

Result<StorageId> Emission::read_codes(std::size_t index, Layout layout) const {
  auto storage = builder_.read(node_.inputs[index], {Numeric::Codes, layout});
  if (!storage) return failed(storage, where());
  return storage;
}

void Emission::step(std::vector<StorageId> reads, std::vector<StorageId> writes,
                    std::function<Action(const Bindings&)> bind, std::size_t scratch_bytes) const {
  Hasher identity;
  identity.add(identity_of(unit_, builder_.context())).add(steps_++);
  builder_.add({node_.name, std::move(reads), std::move(writes), scratch_bytes, identity.finish(), std::move(bind)});
}

std::string Emission::where() const { return described(node_, builder_.graph().opset); }

tl::unexpected<Error> Emission::unsupported(std::string_view what) const {
  return fail(Cause::Unsupported, "{}: {}", where(), what);
}

Status emit(Builder& builder, const Unit& unit) {
  const Emission emission(builder, unit);
  const auto empty = [&](const std::string& value) {
    return !value.empty() && element_count(builder.shape(value)) == 0;
  };
  if (empty(unit.result)) return emit_nothing(emission);
  if (unit.pattern) return emit_pattern(emission);
  const auto& inputs = emission.node().inputs;
  // Kernels take elements for granted; what sums, joins or pads nothing is rare.
  if (std::any_of(inputs.begin(), inputs.end(), empty)) return emit_apart(emission);
  return unit.gate ? emit_gated(emission) : emitter_of(emission.node().op)(emission);
}

Status emit_in_steps(const Emission& e) {
  Unit layer;
  layer.node = e.unit().node;
  layer.result = e.node().outputs[0];
  if (auto done = emit(e.builder(), layer); !done) return done;
  Unit addition;
  addition.node = e.unit().addition.value();
  addition.activation = e.unit().activation;
  addition.result = e.result();
  return emit(e.builder(), addition);
}

}  // namespace quantrail
