#include "model/proto_tensor.h"

#include <onnx/onnx_pb.h>

#include <bit>
#include <limits>

#include "base/text.h"
#include "model/shape_math.h"
#include "model/tensor_file.h"

namespace quantrail {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX stores raw data in little endian");

template <class Stored, class Field>
Result<std::vector<std::byte>> narrowed(const Field& field, std::int64_t count) {
  if (field.size() != count)
    return fail(Cause::InvalidInput, "{} values where the shape needs {}", field.size(), count);
  std::vector<std::byte> bytes(static_cast<std::size_t>(count) * sizeof(Stored));
  auto* to = reinterpret_cast<Stored*>(bytes.data());
  for (const auto value : field) {
    if constexpr (std::is_integral_v<Stored>) {
      if (!std::in_range<Stored>(value)) return fail(Cause::InvalidInput, "value {} does not fit its type", value);
    }
    *to++ = static_cast<Stored>(value);
  }
  return bytes;
}

Result<std::vector<std::byte>> typed_data(const onnx::TensorProto& proto, ElementType type, std::int64_t count) {
  switch (type) {
    case ElementType::Float32: return narrowed<float>(proto.float_data(), count);
    case ElementType::Float64: return narrowed<double>(proto.double_data(), count);
    case ElementType::Float16: return narrowed<std::uint16_t>(proto.int32_data(), count);
    case ElementType::Int8: return narrowed<std::int8_t>(proto.int32_data(), count);
    case ElementType::Uint8: return narrowed<std::uint8_t>(proto.int32_data(), count);
    case ElementType::Int32: return narrowed<std::int32_t>(proto.int32_data(), count);
    case ElementType::Int64: return narrowed<std::int64_t>(proto.int64_data(), count);
    case ElementType::Bool: return narrowed<std::uint8_t>(proto.int32_data(), count);
    case ElementType::Int16: return narrowed<std::int16_t>(proto.int32_data(), count);
    case ElementType::Uint16:
    case ElementType::BFloat16: return narrowed<std::uint16_t>(proto.int32_data(), count);
    case ElementType::Uint32: return narrowed<std::uint32_t>(proto.uint64_data(), count);
    case ElementType::Uint64: return narrowed<std::uint64_t>(proto.uint64_data(), count);
  }
  return fail(Cause::Unsupported, "unknown element type");
}

ExternalLocation location_of(const onnx::TensorProto& proto) {
  ExternalLocation where;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") where.file = entry.value();
    if (entry.key() == "offset") where.offset = entry.value();
    if (entry.key() == "length") where.length = entry.value();
  }
  return where;
}

Result<std::vector<std::byte>> content_of(const onnx::TensorProto& proto, ElementType type, const Shape& shape,
                                          ExternalData& external) {
  const auto bytes = checked_bytes(type, shape);
  if (!bytes) return fail(Cause::InvalidInput, "impossible shape {}", shape_text(shape));
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) return external.read(location_of(proto), *bytes);
  if (!proto.has_raw_data()) return typed_data(proto, type, element_count(shape));
  const std::string& raw = proto.raw_data();
  if (raw.size() != *bytes) {
    return fail(Cause::InvalidInput, "{} bytes of data where shape {} of {} needs {}", raw.size(), shape_text(shape),
                name_of(type), *bytes);
  }
  const auto* from = reinterpret_cast<const std::byte*>(raw.data());
  return std::vector<std::byte>(from, from + raw.size());
}

// A bool is compared and counted as 0 or 1 everywhere, so that is what may be stored.
void normalise_bools(Tensor& tensor) {
  if (tensor.type != ElementType::Bool) return;
  for (auto& byte : tensor.bytes) byte = byte == std::byte{0} ? std::byte{0} : std::byte{1};
}

}  // namespace

Result<ElementType> element_type(std::int32_t onnx_type) {
  switch (onnx_type) {
    case onnx::TensorProto::FLOAT: return ElementType::Float32;
    case onnx::TensorProto::DOUBLE: return ElementType::Float64;
    case onnx::TensorProto::FLOAT16: return ElementType::Float16;
    case onnx::TensorProto::INT8: return ElementType::Int8;
    case onnx::TensorProto::UINT8: return ElementType::Uint8;
    case onnx::TensorProto::INT32: return ElementType::Int32;
    case onnx::TensorProto::INT64: return ElementType::Int64;
    case onnx::TensorProto::BOOL: return ElementType::Bool;
    case onnx::TensorProto::INT16: return ElementType::Int16;
    case onnx::TensorProto::UINT16: return ElementType::Uint16;
    case onnx::TensorProto::UINT32: return ElementType::Uint32;
    case onnx::TensorProto::UINT64: return ElementType::Uint64;
    case onnx::TensorProto::BFLOAT16: return ElementType::BFloat16;
    default: break;
  }
  std::string name = fmt::format("number {}", onnx_type);
  if (onnx::TensorProto::DataType_IsValid(onnx_type)) {
    name = onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(onnx_type));
  }
  return fail(
      Cause::Unsupported,
      "element type {} is not supported (float, double, float16, bfloat16, bool and the integers of 8 to 64 bits "
      "are)",
      name);
}

Result<Tensor> tensor_from(const onnx::TensorProto& proto, ExternalData& external) {
  const std::string context = fmt::format("tensor '{}'", printable(proto.name()));
  const auto type = element_type(proto.data_type());
  if (!type) return failed(type, context);
  if (proto.has_segment()) return fail(Cause::Unsupported, "{}: stored in segments", context);
  Tensor tensor{*type, Shape(proto.dims().begin(), proto.dims().end()), {}};
  auto content = content_of(proto, *type, tensor.shape, external);
  if (!content) return failed(content, context);
  tensor.bytes = std::move(*content);
  normalise_bools(tensor);
  return tensor;
}

Result<NamedTensor> parsed_named_tensor(std::string_view bytes) {
  onnx::TensorProto proto;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !proto.has_data_type()) {
    return fail(Cause::InvalidInput, "is not an ONNX tensor, or is truncated");
  }
  ExternalData nothing({});
  auto tensor = tensor_from(proto, nothing);
  if (!tensor) return failed(tensor);
  return NamedTensor{proto.name(), std::move(*tensor)};
}

Result<Tensor> parsed_tensor(std::string_view bytes) {
  auto named = parsed_named_tensor(bytes);
  if (!named) return failed(named);
  return std::move(named->tensor);
}

}  // namespace quantrail
