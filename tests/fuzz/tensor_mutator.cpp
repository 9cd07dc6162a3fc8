#include "fuzz/tensor_mutator.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail::fuzz {
namespace {

constexpr std::uint64_t kMostBytes = 4096;

/// The bytes that type and sizes call for, where they are few.
std::optional<std::uint64_t> bytes_called_for(const onnx::TensorProto& tensor) {
  const auto type = element_type_numbered(tensor.data_type());
  if (!type) return std::nullopt;
  const auto bytes = checked_bytes(*type, Shape(tensor.dims().begin(), tensor.dims().end()));
  return bytes && *bytes <= kMostBytes ? bytes : std::nullopt;
}

/// Raw contents of the right length, repeating what is there.
void fit(onnx::TensorProto& tensor) {
  const auto bytes = bytes_called_for(tensor);
  if (!bytes || tensor.data_location() == onnx::TensorProto::EXTERNAL) return;
  const std::string old = tensor.raw_data();
  if (old.size() == *bytes && tensor.has_raw_data()) return;
  std::string content(*bytes, '\1');
  for (std::size_t at = 0; at < content.size() && !old.empty(); ++at) content[at] = old[at % old.size()];
  tensor.clear_float_data();
  tensor.clear_int32_data();
  tensor.clear_int64_data();
  tensor.clear_double_data();
  tensor.clear_uint64_data();
  tensor.set_raw_data(content);
}

template <class T>
void put(std::string& content, Dice& dice, T value) {
  if (content.size() < sizeof(T)) return;
  std::memcpy(content.data() + dice.below(content.size() / sizeof(T)) * sizeof(T), &value, sizeof(T));
}

void change_contents(onnx::TensorProto& tensor, Dice& dice) {
  if (!tensor.has_raw_data()) fit(tensor);
  std::string& content = *tensor.mutable_raw_data();
  switch (tensor.data_type()) {
    case onnx::TensorProto::FLOAT: return put(content, dice, dice.real());
    case onnx::TensorProto::DOUBLE: return put(content, dice, static_cast<double>(dice.real()));
    case onnx::TensorProto::INT64: return put(content, dice, dice.integer());
    case onnx::TensorProto::INT32: return put(content, dice, static_cast<std::int32_t>(dice.integer()));
    default: return put(content, dice, static_cast<std::int8_t>(dice.integer()));
  }
}

void change_sizes(onnx::TensorProto& tensor, Dice& dice) {
  auto& dims = *tensor.mutable_dims();
  switch (dice.below(5)) {
    case 0: return dims.Add(dice.integer());
    case 1:
      if (!dims.empty()) dims.RemoveLast();
      return;
    case 2:
      if (dims.size() > 1) std::swap(dice.one_of(dims), dice.one_of(dims));
      return;
    default:
      if (!dims.empty()) dice.one_of(dims) = dice.integer();
  }
}

}  // namespace

void change_tensor(onnx::TensorProto& tensor, Dice& dice) {
  switch (dice.below(6)) {
    case 0: tensor.set_data_type(any_element_type(dice)); break;
    case 1:
    case 2: change_sizes(tensor, dice); break;
    default: change_contents(tensor, dice);
  }
  if (!dice.one_in(6)) fit(tensor);
}

std::int32_t any_element_type(Dice& dice) {
  constexpr std::array<std::int32_t, 6> kCommon{onnx::TensorProto::FLOAT, onnx::TensorProto::INT64,
                                                onnx::TensorProto::INT32, onnx::TensorProto::UINT8,
                                                onnx::TensorProto::INT8,  onnx::TensorProto::BOOL};
  return dice.one_in(3) ? static_cast<std::int32_t>(dice.below(20)) : dice.one_of(kCommon);
}

}  // namespace quantrail::fuzz
