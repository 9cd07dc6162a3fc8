#include "runtime/emit_linear.h"

#include "runtime/depthwise_linear.h"
#include "runtime/divided_linear.h"
#include "runtime/integer_layer.h"
#include "runtime/tile_linear.h"
#include "runtime/unit_identity.h"

namespace quantrail {
namespace {

void add_sizes(Hasher& hasher, std::span<const std::int64_t> sizes) { hasher.add_bytes(std::as_bytes(sizes)); }

void add_shape(Hasher& hasher, const ConvShape& shape) {
  hasher.add("conv").add(shape.batch).add(shape.groups).add(shape.channels_in).add(shape.channels_out);
  for (const auto* sizes :
       {&shape.in, &shape.out, &shape.kernel, &shape.stride, &shape.dilation, &shape.pad_begin, &shape.pad_end}) {
    add_sizes(hasher, *sizes);
  }
  hasher.add(std::int64_t{shape.transposed});
}

void add_shape(Hasher& hasher, const MatMulShape& shape) {
  hasher.add("matmul").add(std::int64_t{shape.rhs_by_columns});
  for (const auto* sizes : {&shape.lhs, &shape.rhs, &shape.result}) add_sizes(hasher, *sizes);
}

Digest key_of(const LinearSpec& spec, const LinearWeights* weights, std::size_t threads) {
  Hasher hasher;
  hasher.add("linear").add(static_cast<std::int64_t>(threads));
  std::visit([&](const auto& shape) { add_shape(hasher, shape); }, spec.shape);
  hasher.add(static_cast<std::int64_t>(spec.source))
      .add(static_cast<std::int64_t>(spec.result))
      .add(std::int64_t{spec.source_zero_point});
  hasher.add_bytes(std::as_bytes(std::span(spec.epilogue.bias)))
      .add_bytes(std::as_bytes(std::span(spec.epilogue.scale)))
      .add(std::int64_t{spec.epilogue.zero_point});
  if (const auto& sum = spec.epilogue.code_sum)
    hasher.add("code sum")
        .add(double{sum->addition.lhs_step})
        .add(double{sum->addition.rhs_step})
        .add(double{sum->addition.offset})
        .add(std::int64_t{sum->own_first});
  hasher.add(std::int64_t{spec.epilogue.accumulate})
      .add(double{spec.epilogue.clamp.lo})
      .add(double{spec.epilogue.clamp.hi})
      .add(std::int64_t{spec.epilogue.silu});
  if (weights != nullptr) hasher.add(weights->identity);
  return hasher.finish();
}

/// What one layer came to. Of a network and a quantization that are the same, it is the same for each plan that treats
/// the layer alike: it need not even be prepared again.
struct Layer {
  std::shared_ptr<const Linear> linear{};
  ElementType source = ElementType::Float32;
  ElementType result = ElementType::Float32;
};

/// Weights ready for oneDNN's reorder; owns what the span refers to.
struct Prepared {
  LinearSpec spec{};
  std::shared_ptr<const void> owner{};
  std::optional<LinearWeights> weights{};
};

class LinearEmitter {
 public:
  LinearEmitter(const Emission& emission, LinearJob job) : e_(emission), job_(std::move(job)) {}

  Status run() {
    if (e_.unit().addition && e_.integer() && !adds_at_once()) return emit_in_steps(e_);
    const auto layer = e_.builder().context().cache.get<Layer>(key(), [this] { return made(); });
    if (!layer) return failed(layer);
    return add_step(**layer);
  }

 private:
  /// Codes are added to codes on tiles alone. Layers that are simulated in float are rounded to codes before anything
  /// is added.
  [[nodiscard]] bool adds_at_once() const {
    if (runs_in_tiles()) return true;
    return e_.builder().context().processor.int8_exact && !e_.codes_to_codes();
  }

  /// What decides how this layer is computed, without looking at its numbers.
  [[nodiscard]] Digest key() const {
    const auto& context = e_.builder().context();
    Hasher hasher;
    hasher.add("layer").add(context.shaped.shapes).add(context.quantization_number);
    hasher.add(identity_of(e_.unit(), context)).add(static_cast<std::int64_t>(context.threads));
    hasher.add(std::int64_t{context.processor.int8_exact}).add(std::int64_t{context.processor.wide_tiles});
    return hasher.finish();
  }

  Result<std::shared_ptr<const Layer>> made() {
    auto prepared = prepare();
    if (!prepared) return failed(prepared);
    const LinearSpec& spec = prepared->spec;
    const auto* weights = prepared->weights ? &*prepared->weights : nullptr;
    auto linear = e_.builder().context().cache.get<Linear>(key_of(spec, weights, e_.threads()),
                                                           [&] { return make(spec, weights); });
    if (!linear) return failed(linear, e_.where());
    return std::make_shared<const Layer>(Layer{std::move(*linear), spec.source, spec.result});
  }

  [[nodiscard]] Result<std::shared_ptr<const Linear>> make(const LinearSpec& spec, const LinearWeights* weights) const {
    if (spec.source == ElementType::Uint8 && own_depthwise()) return depthwise_linear(spec, *weights, e_.threads());
    return divided_linear(spec, weights, e_.threads(), e_.builder().context().cache);
  }

  [[nodiscard]] const WeightParams* weight_params() const {
    const auto* quantization = e_.builder().context().quantization;
    if (quantization == nullptr || !e_.integer()) return nullptr;
    const auto layer = quantization->layers.find(e_.node().name);
    return layer != quantization->layers.end() && layer->second.weights ? &*layer->second.weights : nullptr;
  }

  /// Our kernel is exact on every processor; where oneDNN is exact as well, the faster one runs.
  [[nodiscard]] bool own_depthwise() const {
    return is_depthwise(job_.shape) &&
           (!e_.builder().context().processor.int8_exact || depthwise_is_faster(job_.shape));
  }

  [[nodiscard]] bool runs_in_tiles() const {
    const Processor& processor = e_.builder().context().processor;
    return (processor.int8_exact || processor.wide_tiles) && runs_on_tiles(LinearSpec{job_.shape, ElementType::Uint8});
  }

  [[nodiscard]] bool exact_integers() const {
    return own_depthwise() || runs_in_tiles() ||
           (e_.builder().context().processor.int8_exact && e_.node().op != "ConvTranspose");
  }

  Result<Prepared> prepare() {
    const TensorPtr weights = e_.constant(1);
    const WeightParams* params = weight_params();
    if (weights == nullptr || params == nullptr) return float_layer(weights);
    if (e_.builder().params(e_.node().inputs[0]) == nullptr)
      return e_.unsupported("it runs in integers, but its input has no scale");
    auto codes = codes_of(*weights, *params);
    if (!codes) return failed(codes, e_.where());
    return exact_integers() ? integer_layer(std::move(*codes), *params) : simulated_layer(*weights, **codes, *params);
  }

  Result<std::shared_ptr<const IntegerWeights>> codes_of(const Tensor& weights, const WeightParams& params) {
    const auto make = [&]() -> Result<std::shared_ptr<const IntegerWeights>> {
      auto codes = integer_weights(weights, params);
      if (!codes) return failed(codes);
      return std::make_shared<const IntegerWeights>(std::move(*codes));
    };
    return e_.builder().context().cache.get<IntegerWeights>(identity("codes", &params), make);
  }

  [[nodiscard]] Digest identity(std::string_view kind, const WeightParams* params) const {
    Hasher hasher;
    hasher.add(kind).add(e_.node().name);
    if (params != nullptr) hasher.add(params->axis).add_bytes(std::as_bytes(std::span(params->scale)));
    return hasher.finish();
  }

  Prepared float_layer(const TensorPtr& weights) {
    Prepared prepared{float_spec(), weights, std::nullopt};
    if (weights) prepared.weights = LinearWeights{weights->bytes, identity("float", nullptr)};
    return prepared;
  }

  LinearSpec float_spec() {
    LinearSpec spec{job_.shape, ElementType::Float32, ElementType::Float32, 0, {}};
    spec.epilogue.bias = job_.bias;
    spec.epilogue.accumulate = e_.unit().addition.has_value();
    spec.epilogue.clamp = e_.bounds();
    spec.epilogue.silu = e_.unit().silu;
    if (job_.product_factor != 1.0F) spec.epilogue.scale = {job_.product_factor};
    for (float& bias : spec.epilogue.bias) bias *= job_.bias_factor / job_.product_factor;
    return spec;
  }

  /// Integers as float32: for processors whose int8 products saturate, and for operators without integer kernels.
  Prepared simulated_layer(const Tensor& weights, const IntegerWeights& codes, const WeightParams& params) {
    const auto& source = e_.params(e_.node().inputs[0]);
    const auto scales = channel_scales(source, params, codes.sums.size());
    const auto bias = bias_steps(scales);
    if (!exact_bias()) {
      job_.bias.resize(bias.size());
      for (std::size_t c = 0; c < bias.size(); ++c) job_.bias[c] = static_cast<float>(bias[c]) * scales[c];
    }
    auto reals = std::make_shared<const Tensor>(dequantized_weights(weights, codes, params));
    return {float_spec(), reals, LinearWeights{reals->bytes, identity("simulated", &params)}};
  }

  Prepared integer_layer(std::shared_ptr<const IntegerWeights> codes, const WeightParams& params) {
    const auto& source = e_.params(e_.node().inputs[0]);
    IntegerTerms terms{source,
                       channel_scales(source, params, codes->sums.size()),
                       {},
                       codes->sums,
                       job_.product_factor,
                       job_.bias_factor,
                       e_.bounds()};
    terms.bias = bias_steps(terms.accumulator_scales);
    const bool fold = source.zero_point == 0 || (!job_.padded && !own_depthwise());
    const bool to_codes = e_.codes_to_codes();
    LinearSpec spec{job_.shape,
                    ElementType::Uint8,
                    to_codes ? ElementType::Uint8 : ElementType::Float32,
                    fold ? 0 : source.zero_point,
                    {}};
    spec.epilogue = to_codes ? code_epilogue(terms, fold) : epilogue_to_float(terms, fold);
    const auto bytes = std::as_bytes(std::span(codes->codes));
    return {std::move(spec), std::move(codes), LinearWeights{bytes, identity("int8", &params)}};
  }

  [[nodiscard]] Epilogue code_epilogue(const IntegerTerms& terms, bool fold) const {
    const auto& result = e_.params(e_.result());
    if (!e_.unit().addition) return epilogue_to_codes(terms, fold, result);
    const auto& own = e_.node().outputs[0];
    const Node& addition = e_.builder().graph().nodes[*e_.unit().addition];
    return epilogue_to_code_sum(terms, fold,
                                {e_.params(own), e_.params(e_.unit().addend), result, addition.inputs[0] == own});
  }

  static std::vector<float> channel_scales(ActivationParams source, const WeightParams& params, std::size_t channels) {
    auto scales = accumulator_scales(source.scale, params);
    if (scales.size() == 1) scales.assign(channels, scales[0]);
    return scales;
  }

  [[nodiscard]] const LayerQuantization& quantized_layer() const {
    return e_.builder().context().quantization->layers.find(e_.node().name)->second;
  }

  [[nodiscard]] bool exact_bias() const { return job_.bias_apart || quantized_layer().exact_bias; }

  /// The bias in steps of the sum: int32 codes, unless the layer wants it exact.
  [[nodiscard]] std::vector<double> bias_steps(std::span<const float> scales) const {
    const auto bias = layer_bias();
    if (!exact_bias()) {
      const auto codes = int32_bias(bias, scales);
      return {codes.begin(), codes.end()};
    }
    std::vector<double> steps;
    for (std::size_t c = 0; c < bias.size(); ++c)
      steps.push_back(static_cast<double>(bias[c]) / static_cast<double>(scales[c]));
    return steps;
  }

  [[nodiscard]] std::vector<float> layer_bias() const {
    if (job_.bias_apart) return job_.bias;
    const auto& edits = e_.builder().context().quantization->bias_edits;
    const auto edit = edits.find(e_.node().name);
    return edit != edits.end() ? edit->second : job_.bias;
  }

  Status add_step(const Layer& layer) {
    const bool codes = layer.source == ElementType::Uint8;
    const bool accumulates = e_.unit().addition.has_value();
    auto source = codes ? e_.read_codes(0, job_.layout) : e_.read_float(0, job_.layout);
    if (!source) return failed(source);
    std::vector<StorageId> reads{*source};
    if (!e_.constant(1)) {
      auto rhs = e_.read_float(1, Layout::Plain);
      if (!rhs) return failed(rhs);
      reads.push_back(*rhs);
    }
    const Form form{layer.result == ElementType::Uint8 ? Numeric::Codes : Numeric::Float, job_.layout};
    auto result = accumulates ? addend(form.numeric) : Result<StorageId>(e_.builder().write(e_.result(), form));
    if (!result) return failed(result);
    if (accumulates) e_.builder().place(e_.result(), form, *result);
    const std::size_t scratch_bytes = layer.linear->scratch_bytes();
    e_.step(
        reads, {*result},
        [linear = layer.linear, reads, to = *result](const Bindings& at) {
          const std::byte* rhs = reads.size() > 1 ? at.source<std::byte>(reads[1]).data() : nullptr;
          return linear->bound(
              {at.source<std::byte>(reads[0]).data(), rhs, at.target<std::byte>(to).data(), at.scratch()});
        },
        scratch_bytes);
    return {};
  }

  /// The other operand of the fused addition, in a storage that may be overwritten with the sum.
  Result<StorageId> addend(Numeric numeric) {
    auto& builder = e_.builder();
    const auto& unit = e_.unit();
    const Node& addition = builder.graph().nodes[*unit.addition];
    const std::size_t index = addition.inputs[0] == unit.addend ? 0 : 1;
    const auto& reads = builder.context().plan.lowering[*unit.addition].reads;
    const bool raw = index >= reads.size() || reads[index] == Read::Float;
    if (numeric == Numeric::Float && !raw) numeric = Numeric::Dequantized;
    auto storage = builder.read(unit.addend, {numeric, job_.layout});
    if (!storage || builder.dies(*storage, unit.node, *unit.addition)) return storage;
    const StorageId copy = builder.temporary(builder.bytes(*storage));
    e_.step({*storage}, {copy}, [from = *storage, copy](const Bindings& at) {
      return action([source = at.source<std::byte>(from), target = at.target<std::byte>(copy)] {
        std::memcpy(target.data(), source.data(), source.size());
      });
    });
    return copy;
  }

  const Emission& e_;
  LinearJob job_;
};

}  // namespace

Status emit_linear(const Emission& emission, LinearJob job) { return LinearEmitter(emission, std::move(job)).run(); }

}  // namespace quantrail
