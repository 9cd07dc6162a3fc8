#include <dnnl.hpp>
#include <numeric>
#include <unordered_map>

#include "runtime/dnnl_isa.h"
#include "runtime/linear.h"

namespace quantrail {
namespace {

using Dims = dnnl::memory::dims;
using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

const dnnl::engine& cpu() {
  static const dnnl::engine engine = [] {
    limit_onednn();
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return engine;
}

Type type_of(ElementType type) {
  switch (type) {
    case ElementType::Uint8: return Type::u8;
    case ElementType::Int8: return Type::s8;
    case ElementType::Int32: return Type::s32;
    default: return Type::f32;
  }
}

/// Row-major over `dims`, except that axis `last` varies fastest.
Desc strided(const Dims& dims, Type type, std::size_t last) {
  Dims strides(dims.size());
  std::int64_t stride = 1;
  const auto place = [&](std::size_t axis) {
    strides[axis] = stride;
    stride *= dims[axis];
  };
  place(last);
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    if (axis != last) place(axis);
  }
  return {dims, type, strides};
}

Desc row_major(const Dims& dims, Type type) { return strided(dims, type, dims.size() - 1); }

Desc any(const Dims& dims, Type type) { return {dims, type, Tag::any}; }

dnnl::memory constant_memory(const Desc& desc, std::span<const std::byte> content) {
  return {desc, cpu(), const_cast<std::byte*>(content.data())};  // NOLINT: oneDNN reads it only
}

dnnl::primitive_attr attributes(const LinearSpec& spec) {
  const auto& epilogue = spec.epilogue;
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (!epilogue.scale.empty()) {
    const auto* matmul = std::get_if<MatMulShape>(&spec.shape);
    const std::size_t axis = matmul != nullptr ? matmul->result.size() - 1 : 1;
    attr.set_output_scales(epilogue.scale.size() == 1 ? 0 : 1 << axis, epilogue.scale);
  }
  if (spec.source_zero_point != 0) attr.set_zero_points(DNNL_ARG_SRC, 0, {spec.source_zero_point});
  dnnl::post_ops behind;
  if (epilogue.accumulate) behind.append_sum(1.0F);
  // Each algorithm at most once: oneDNN 2.6 takes the parameters of the first for a second one as well.
  if (epilogue.zero_point != 0) {
    behind.append_eltwise(1.0F, dnnl::algorithm::eltwise_round, 0.0F, 0.0F);
    behind.append_eltwise(1.0F, dnnl::algorithm::eltwise_linear, 1.0F, static_cast<float>(epilogue.zero_point));
  }
  const Bounds clamp = epilogue.clamp;
  if (clamp == Bounds{0.0F, Bounds{}.hi}) {
    behind.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  } else if (clamp != Bounds{}) {
    behind.append_eltwise(1.0F, dnnl::algorithm::eltwise_clip, clamp.lo, clamp.hi);
  }
  if (epilogue.silu) behind.append_eltwise(1.0F, dnnl::algorithm::eltwise_swish, 1.0F, 0.0F);
  attr.set_post_ops(behind);
  return attr;
}

/// A compiled primitive with the layouts that it chose.
struct Compiled {
  dnnl::primitive primitive{};
  Desc source{};
  Desc weights{};
  Desc result{};
  Desc scratch{};
  Desc plain_weights{};  ///< as the caller stores them
  Desc bias{};
  std::string kernel{};
};

template <class Primitive>
Compiled compiled(const typename Primitive::primitive_desc& chosen, const Desc& plain_weights) {
  return {Primitive(chosen),        chosen.src_desc(), chosen.weights_desc(), chosen.dst_desc(),
          chosen.scratchpad_desc(), plain_weights,     chosen.bias_desc(),    chosen.impl_info_str()};
}

/// A second spatial axis of size 1 in front of a single one: oneDNN's best kernels are for two.
ConvShape two_axes(ConvShape shape) {
  if (shape.in.size() != 1) return shape;
  for (auto* sizes : {&shape.in, &shape.out, &shape.kernel, &shape.stride, &shape.dilation})
    sizes->insert(sizes->begin(), 1);
  for (auto* sizes : {&shape.pad_begin, &shape.pad_end}) sizes->insert(sizes->begin(), 0);
  return shape;
}

Dims with_front(Dims front, const Dims& spatial) {
  front.insert(front.end(), spatial.begin(), spatial.end());
  return front;
}

struct ConvDescs {
  Desc source{};
  Desc weights{};
  Desc plain_weights{};
  Desc bias{};
  Desc result{};
  Dims dilation{};
};

ConvDescs conv_descs(const LinearSpec& spec, const ConvShape& shape) {
  ConvDescs descs;
  descs.source = strided(with_front({shape.batch, shape.channels_in}, shape.in), type_of(spec.source), 1);
  descs.result = strided(with_front({shape.batch, shape.channels_out}, shape.out), type_of(spec.result), 1);
  const Type weights = spec.source == ElementType::Uint8 ? Type::s8 : Type::f32;
  const std::int64_t in = shape.channels_in / shape.groups;
  const std::int64_t out = shape.channels_out / shape.groups;
  const Dims front = shape.groups > 1 ? Dims{shape.groups} : Dims{};
  const Dims dims = with_front(with_front(front, {out, in}), shape.kernel);
  if (shape.transposed) {
    std::vector<int> axes(dims.size());
    std::iota(axes.begin(), axes.end(), 0);
    std::swap(axes[front.size()], axes[front.size() + 1]);
    descs.plain_weights = row_major(with_front(with_front(front, {in, out}), shape.kernel), weights).permute_axes(axes);
  } else {
    descs.plain_weights = row_major(dims, weights);
  }
  descs.weights = any(dims, weights);
  descs.bias = spec.epilogue.bias.empty() ? Desc() : any({shape.channels_out}, Type::f32);
  for (const auto step : shape.dilation) descs.dilation.push_back(step - 1);
  return descs;
}

template <class Primitive>
Compiled compiled_conv(const LinearSpec& spec, const ConvShape& shape, dnnl::algorithm algorithm) {
  const ConvDescs d = conv_descs(spec, shape);
  const typename Primitive::desc desc(dnnl::prop_kind::forward_inference, algorithm, d.source, d.weights, d.bias,
                                      d.result, shape.stride, d.dilation, shape.pad_begin, shape.pad_end);
  return compiled<Primitive>({desc, attributes(spec), cpu()}, d.plain_weights);
}

Compiled compiled_for(const LinearSpec& spec, const ConvShape& given, bool) {
  const ConvShape shape = two_axes(given);
  if (shape.transposed) {
    return compiled_conv<dnnl::deconvolution_forward>(spec, shape, dnnl::algorithm::deconvolution_direct);
  }
  return compiled_conv<dnnl::convolution_forward>(spec, shape, dnnl::algorithm::convolution_direct);
}

Compiled compiled_for(const LinearSpec& spec, const MatMulShape& shape, bool constant_weights) {
  const std::size_t rank = shape.rhs.size();
  const Type type = spec.source == ElementType::Uint8 ? Type::s8 : Type::f32;
  const Desc plain = strided(shape.rhs, type, shape.rhs_by_columns ? rank - 2 : rank - 1);
  Dims bias_dims(rank, 1);
  bias_dims.back() = shape.result.back();
  const Desc bias = spec.epilogue.bias.empty() ? Desc() : row_major(bias_dims, Type::f32);
  const dnnl::matmul::desc desc(row_major(shape.lhs, type_of(spec.source)),
                                constant_weights ? any(shape.rhs, type) : plain, bias,
                                row_major(shape.result, type_of(spec.result)));
  return compiled<dnnl::matmul>({desc, attributes(spec), cpu()}, plain);
}

/// The bytes of a descriptor identify a layout: oneDNN zeroes what it does not use.
Digest weights_key(const LinearWeights& weights, const Compiled& compiled) {
  Hasher hasher;
  hasher.add("weights").add(weights.identity);
  hasher.add_bytes(std::as_bytes(std::span(&compiled.weights.data, 1)));
  return hasher.finish();
}

std::shared_ptr<const dnnl::memory> reordered(const Compiled& compiled, const LinearWeights& weights) {
  auto target = std::make_shared<dnnl::memory>(compiled.weights, cpu());
  auto source = constant_memory(compiled.plain_weights, weights.bytes);
  dnnl::stream stream(cpu());
  dnnl::reorder(source, *target).execute(stream, source, *target);
  stream.wait();
  return target;
}

class DnnlLinear final : public Linear {
 public:
  DnnlLinear(Compiled compiled, std::shared_ptr<const dnnl::memory> weights, std::vector<float> bias)
      : compiled_(std::move(compiled)), weights_(std::move(weights)), bias_(std::move(bias)) {}

  [[nodiscard]] Action bound(const Operands& operands) const override {
    const auto at = [](const Desc& desc, const std::byte* data) {
      return dnnl::memory(desc, cpu(), const_cast<std::byte*>(data));  // NOLINT: sources are only read
    };
    std::unordered_map<int, dnnl::memory> arguments{
        {DNNL_ARG_SRC, at(compiled_.source, operands.source)},
        {DNNL_ARG_WEIGHTS, weights_ ? *weights_ : at(compiled_.weights, operands.rhs)},
        {DNNL_ARG_DST, at(compiled_.result, operands.result)},
        {DNNL_ARG_SCRATCHPAD, at(compiled_.scratch, operands.scratch)}};
    if (!bias_.empty())
      arguments.emplace(DNNL_ARG_BIAS, constant_memory(compiled_.bias, std::as_bytes(std::span(bias_))));
    return [primitive = compiled_.primitive, arguments = std::move(arguments),
            stream = dnnl::stream(cpu())]() mutable -> Status {
      try {
        primitive.execute(stream, arguments);
      } catch (const dnnl::error& error) {
        return fail(Cause::Backend, "oneDNN: {}", error.what());
      }
      return {};
    };
  }
  [[nodiscard]] std::size_t scratch_bytes() const override { return compiled_.scratch.get_size(); }
  [[nodiscard]] std::string kernel() const override { return compiled_.kernel; }

 private:
  Compiled compiled_;
  std::shared_ptr<const dnnl::memory> weights_;  // null: an operand
  std::vector<float> bias_;
};

}  // namespace

Result<std::shared_ptr<const Linear>> Linear::make(const LinearSpec& spec, const LinearWeights* weights,
                                                   PlanCache::State& cache) {
  if (spec.epilogue.code_sum) return fail(Cause::Unsupported, "additions of codes are fused on tiles alone");
  try {
    Compiled compiled =
        std::visit([&](const auto& shape) { return compiled_for(spec, shape, weights != nullptr); }, spec.shape);
    std::shared_ptr<const dnnl::memory> stored;
    if (weights != nullptr) {
      auto found = cache.get<dnnl::memory>(
          weights_key(*weights, compiled),
          [&]() -> Result<std::shared_ptr<const dnnl::memory>> { return reordered(compiled, *weights); });
      if (!found) return failed(found);
      stored = std::move(*found);
    }
    return std::make_shared<const DnnlLinear>(std::move(compiled), std::move(stored), spec.epilogue.bias);
  } catch (const dnnl::error& error) {
    return fail(error.status == dnnl_unimplemented ? Cause::Unsupported : Cause::Backend, "oneDNN: {}", error.what());
  }
}

}  // namespace quantrail
