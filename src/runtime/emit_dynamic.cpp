// Networks that quantize their activations as they go: DynamicQuantizeLinear, MatMulInteger, Cast.
#include <algorithm>

#include "runtime/emission.h"
#include "runtime/kernels_dynamic.h"
#include "runtime/linear.h"

namespace quantrail {
namespace {

/// Constant weights [depth, columns] less their zero point, where that is 0, or 128 for uint8 codes.
struct CentredWeights {
  std::vector<std::int8_t> codes{};
  std::vector<std::int32_t> sums{};  ///< of each column
};

std::optional<CentredWeights> centred_weights(const Emission& e) {
  const auto weights = e.constant(1);
  const auto zero = e.constant(3);
  if (weights == nullptr || weights->shape.size() != 2 || weights->bytes.empty() || (e.has_input(3) && !zero))
    return std::nullopt;
  const bool is_signed = weights->type == ElementType::Int8;
  const auto wanted = is_signed ? std::byte{0} : std::byte{128};
  const auto all_wanted = [&](const auto& bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [&](auto byte) { return byte == wanted; });
  };
  if (zero != nullptr ? !all_wanted(zero->bytes) : !is_signed) return std::nullopt;
  CentredWeights result{std::vector<std::int8_t>(weights->bytes.size()),
                        std::vector<std::int32_t>(static_cast<std::size_t>(weights->shape[1]), 0)};
  for (std::size_t at = 0; at < result.codes.size(); ++at) {
    result.codes[at] = static_cast<std::int8_t>(weights->bytes[at] ^ wanted);
    result.sums[at % result.sums.size()] += result.codes[at];
  }
  return result;
}

/// uint8 rows times int8 columns; nothing where the node is none of that.
Result<std::shared_ptr<const Linear>> product(const Emission& e, const CentredWeights& weights) {
  const Shape& result = e.result_shape();
  const std::int64_t rows = element_count(result) / result.back();
  const MatMulShape shape{{rows, e.shape(0).back()}, e.shape(1), {rows, result.back()}, false};
  const LinearSpec spec{shape, ElementType::Uint8, ElementType::Int32, 0, {}};
  const auto& context = e.builder().context();
  Hasher weights_hasher;
  weights_hasher.add("integer product").add(e.node().name);
  const LinearWeights stored{std::as_bytes(std::span(weights.codes)), weights_hasher.finish()};
  Hasher hasher;
  hasher.add("integer product").add(e.node().name).add(context.shaped.shapes.hex());
  return context.cache.get<Linear>(hasher.finish(), [&] { return Linear::make(spec, &stored, context.cache); });
}

}  // namespace

Status emit_dynamic_quantize(const Emission& e) {
  const auto& outputs = e.node().outputs;
  const bool all_named = std::none_of(outputs.begin(), outputs.end(), [](const auto& value) { return value.empty(); });
  if (outputs.size() != 3 || !all_named || !e.is_float(0)) return emit_interpreted(e);
  auto source = e.read_float(0, Layout::Plain);
  if (!source) return failed(source);
  std::vector<StorageId> to;
  for (const auto& value : outputs) to.push_back(e.builder().write(value, {}));
  e.step({*source}, to, [from = *source, to](const Bindings& at) {
    return action([source = at.source<float>(from), codes = at.target<std::uint8_t>(to[0]),
                   scale = at.target<float>(to[1]), zero = at.target<std::uint8_t>(to[2])] {
      const auto params = kernels::quantize_by_range(source, codes);
      scale[0] = params.scale;
      zero[0] = params.zero_point;
    });
  });
  return {};
}

Status emit_matmul_integer(const Emission& e) {
  const auto& builder = e.builder();
  const bool rows = e.shape(0).size() >= 2 && builder.type(e.node().inputs[0]).type == ElementType::Uint8;
  const bool one_zero = !e.has_input(2) || element_count(e.shape(2)) == 1;
  const auto weights = rows && one_zero && builder.context().processor.int8_exact ? centred_weights(e) : std::nullopt;
  if (!weights) return emit_interpreted(e);
  const auto linear = product(e, *weights);
  if (!linear) return failed(linear, e.where());
  std::vector<StorageId> reads;
  for (const std::size_t input : {std::size_t{0}, std::size_t{2}}) {
    if (!e.has_input(input)) continue;
    auto source = e.read_float(input, Layout::Plain);
    if (!source) return failed(source);
    reads.push_back(*source);
  }
  const auto result = e.builder().write(e.result(), {});
  e.step(
      reads, {result},
      [linear = *linear, sums = std::make_shared<const std::vector<std::int32_t>>(weights->sums), reads,
       result](const Bindings& at) -> Action {
        auto multiply = linear->bound(
            {at.source<std::byte>(reads[0]).data(), nullptr, at.target<std::byte>(result).data(), at.scratch()});
        if (reads.size() == 1) return multiply;
        return [multiply = std::move(multiply), sums, zero = at.source<std::uint8_t>(reads[1]),
                target = at.target<std::int32_t>(result)]() mutable -> Status {
          if (auto done = multiply(); !done) return done;
          kernels::subtract_zero_point(zero[0], *sums, target);
          return {};
        };
      },
      (*linear)->scratch_bytes());
  return {};
}

Status emit_cast(const Emission& e) {
  const auto& builder = e.builder();
  const bool sums_to_reals = builder.type(e.node().inputs[0]).type == ElementType::Int32 &&
                             builder.type(e.result()).type == ElementType::Float32;
  if (!sums_to_reals) return emit_interpreted(e);
  auto source = e.read_float(0, Layout::Plain);
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {});
  e.step({*source}, {result}, [from = *source, result](const Bindings& at) {
    return action([source = at.source<std::int32_t>(from), target = at.target<float>(result)] {
      kernels::to_reals(source, target);
    });
  });
  return {};
}

}  // namespace quantrail
