#include "fuzz/attribute_mutator.h"

#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "fuzz/tensor_mutator.h"

namespace quantrail::fuzz {
namespace {

struct Known {
  std::vector<std::string> operators{};
  std::map<std::string, std::vector<std::pair<std::string, onnx::AttributeProto::AttributeType>>> attributes{};
};

/// Of the newest opset that libonnx has.
const Known& known() {
  static const Known all = [] {
    Known found;
    for (const auto& schema : onnx::OpSchemaRegistry::get_all_schemas()) {
      if (!schema.domain().empty()) continue;
      found.operators.push_back(schema.Name());
      for (const auto& [name, attribute] : schema.attributes()) {
        found.attributes[schema.Name()].emplace_back(name, attribute.type);
      }
    }
    std::sort(found.operators.begin(), found.operators.end());
    for (auto& [name, attributes] : found.attributes) std::sort(attributes.begin(), attributes.end());
    return found;
  }();
  return all;
}

std::string word(Dice& dice) {
  static const std::array<std::string, 34> kWords{"SAME_UPPER",
                                                  "SAME_LOWER",
                                                  "VALID",
                                                  "NOTSET",
                                                  "constant",
                                                  "reflect",
                                                  "edge",
                                                  "wrap",
                                                  "linear",
                                                  "cubic",
                                                  "nearest",
                                                  "bilinear",
                                                  "half_pixel",
                                                  "align_corners",
                                                  "asymmetric",
                                                  "tf_crop_and_resize",
                                                  "pytorch_half_pixel",
                                                  "floor",
                                                  "ceil",
                                                  "round_prefer_floor",
                                                  "DCR",
                                                  "CRD",
                                                  "forward",
                                                  "reverse",
                                                  "bidirectional",
                                                  "add",
                                                  "mul",
                                                  "none",
                                                  "mean",
                                                  "sum",
                                                  "zeros",
                                                  "border",
                                                  "ij,jk->ik",
                                                  "...i,i...->..."};
  return dice.one_in(10) ? std::string(dice.below(9), 'x') : dice.one_of(kWords);
}

/// A list of extremes, or one small change of the list that is there.
template <class Field, class Make>
void change_list(Field& field, Dice& dice, const Make& make) {
  if (field.empty() || dice.one_in(8)) {
    field.Clear();
    for (std::size_t count = dice.below(6); count > 0; --count) *field.Add() = make();
  } else if (dice.one_in(6)) {
    *field.Add() = make();
  } else if (dice.one_in(6)) {
    field.RemoveLast();
  } else {
    dice.one_of(field) = make();
  }
}

void change_value(onnx::AttributeProto& attribute, Dice& dice) {
  switch (attribute.type()) {
    case onnx::AttributeProto::INT: return attribute.set_i(dice.integer());
    case onnx::AttributeProto::FLOAT: return attribute.set_f(dice.real());
    case onnx::AttributeProto::STRING: return attribute.set_s(word(dice));
    case onnx::AttributeProto::INTS:
      return change_list(*attribute.mutable_ints(), dice, [&] { return dice.integer(); });
    case onnx::AttributeProto::FLOATS:
      return change_list(*attribute.mutable_floats(), dice, [&] { return dice.real(); });
    case onnx::AttributeProto::STRINGS:
      return change_list(*attribute.mutable_strings(), dice, [&] { return word(dice); });
    case onnx::AttributeProto::TENSOR: return change_tensor(*attribute.mutable_t(), dice);
    default: return attribute.set_type(onnx::AttributeProto::INT);
  }
}

void add_attribute(onnx::NodeProto& node, Dice& dice) {
  const auto found = known().attributes.find(node.op_type());
  if (found == known().attributes.end()) return;
  const auto& [name, type] = dice.one_of(found->second);
  auto* attribute = &*node.mutable_attribute()->Add();
  for (auto& present : *node.mutable_attribute()) {
    if (present.name() != name) continue;
    node.mutable_attribute()->RemoveLast();
    attribute = &present;
    break;
  }
  attribute->set_name(name);
  attribute->set_type(type);
  change_value(*attribute, dice);
}

}  // namespace

void change_attribute(onnx::NodeProto& node, Dice& dice) {
  auto& attributes = *node.mutable_attribute();
  if (attributes.empty() || dice.one_in(4)) return add_attribute(node, dice);
  if (!dice.one_in(10)) return change_value(dice.one_of(attributes), dice);
  attributes.DeleteSubrange(static_cast<int>(dice.below(static_cast<std::size_t>(attributes.size()))), 1);
}

std::string any_operator(Dice& dice) { return dice.one_of(known().operators); }

}  // namespace quantrail::fuzz
