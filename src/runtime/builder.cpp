#include "runtime/builder.h"

#include <algorithm>
#include <array>

namespace quantrail {
namespace {

/// From which numerics a value can be had as `wanted`, best first.
std::vector<Numeric> sources(Numeric wanted, bool codes_wanted_anyway) {
  switch (wanted) {
    case Numeric::Codes: return {Numeric::Codes, Numeric::Float};
    case Numeric::Float: return {Numeric::Float, Numeric::Codes, Numeric::Dequantized};
    case Numeric::Dequantized: break;
  }
  if (codes_wanted_anyway) return {Numeric::Dequantized, Numeric::Codes};
  return {Numeric::Dequantized, Numeric::Codes, Numeric::Float};
}

}  // namespace

Builder::Builder(const Context& context) : context_(context) {}

const TensorType& Builder::type(const std::string& value) const { return context_.shaped.specialised.types.at(value); }

const ActivationParams* Builder::params(const std::string& value) const {
  if (context_.quantization == nullptr) return nullptr;
  const auto found = context_.quantization->activations.find(value);
  return found == context_.quantization->activations.end() ? nullptr : &found->second;
}

Form Builder::normal(const std::string& value, Form form) const {
  const auto& known = type(value);
  if (known.type != ElementType::Float32 || !layout_matters(known.shape)) form.layout = Layout::Plain;
  return form;
}

Layout Builder::layout(const std::string& value) const {
  const auto found = forms_.find(value);
  if (found == forms_.end()) return Layout::Plain;
  const bool last = std::any_of(found->second.begin(), found->second.end(),
                                [](const auto& entry) { return entry.first.layout == Layout::ChannelsLast; });
  return last ? Layout::ChannelsLast : Layout::Plain;
}

void Builder::add(Step step) {
  Hasher hasher;
  hasher.add(step.identity).add(static_cast<std::int64_t>(step.reads.size()));
  for (const auto id : step.writes) {
    hasher.add(static_cast<std::int64_t>(program_.storages[id].bytes));
    if (const auto found = first_forms_.find(id); found != first_forms_.end()) hasher.add(found->second);
  }
  step.identity = hasher.finish();
  program_.steps.push_back(std::move(step));
}

void Builder::place(const std::string& value, Form form, StorageId storage) {
  form = normal(value, form);
  forms_[value].emplace(form, storage);
  tenants_[storage].insert(value);
  const auto [first, is_new] = first_forms_.try_emplace(storage);
  if (!is_new) return;
  Hasher hasher;
  hasher.add(value).add(static_cast<std::int64_t>(form.numeric)).add(static_cast<std::int64_t>(form.layout));
  first->second = hasher.finish();
  if (program_.storages[storage].constant) program_.storages[storage].meaning = first->second;
}

StorageId Builder::write(const std::string& value, Form form) {
  const auto& type_of_value = type(value);
  const std::size_t element = form.numeric == Numeric::Codes ? 1 : size_of(type_of_value.type);
  const auto storage = temporary(static_cast<std::size_t>(element_count(type_of_value.shape)) * element);
  place(value, form, storage);
  return storage;
}

StorageId Builder::temporary(std::size_t bytes) {
  program_.storages.push_back({bytes, false, nullptr, {}});
  return program_.storages.size() - 1;
}

StorageId Builder::constant(TensorPtr tensor) {
  const auto bytes = tensor->bytes.size();
  const auto* data = tensor->bytes.data();
  program_.storages.push_back({bytes, false, std::shared_ptr<const std::byte>(std::move(tensor), data), {}});
  return program_.storages.size() - 1;
}

bool Builder::dies(StorageId storage, std::size_t position, std::size_t last) {
  if (program_.storages[storage].kept || program_.storages[storage].constant) return false;
  const auto found = tenants_.find(storage);
  if (found == tenants_.end()) return true;
  auto& tenants = found->second;
  const auto lives_until = [&](const std::string& value, const auto& over) {
    const auto& readers = context_.shaped.index.readers(value);
    const auto until = context_.plan.read_until.find(value);
    if (until != context_.plan.read_until.end() && !over(until->second)) return false;
    return !context_.shaped.index.is_output(value) && !context_.taps.contains(value) &&
           std::all_of(readers.begin(), readers.end(), over);
  };
  // Units are emitted in order: who is dead stays dead, and a chain of any length may share one storage.
  std::erase_if(tenants, [&](const std::string& value) {
    return lives_until(value, [&](std::size_t at) { return at < position; });
  });
  return std::all_of(tenants.begin(), tenants.end(), [&](const std::string& value) {
    return lives_until(value, [&](std::size_t at) { return at < position || at == last; });
  });
}

std::optional<Form> Builder::source_for(const std::string& value, Form form) const {
  const auto found = forms_.find(value);
  if (found == forms_.end()) return std::nullopt;
  const auto& forms = found->second;
  const Layout other = form.layout == Layout::Plain ? Layout::ChannelsLast : Layout::Plain;
  const bool codes_wanted = context_.plan.demands.wants(value, Numeric::Codes);
  for (const Numeric numeric : sources(form.numeric, codes_wanted)) {
    for (const Form candidate : {Form{numeric, form.layout}, Form{numeric, other}}) {
      if (forms.contains(candidate)) return candidate;
    }
  }
  // Codes that other readers want as well are made first, and dequantized then.
  if (form.numeric == Numeric::Dequantized && codes_wanted) return Form{Numeric::Codes, layout(value)};
  return std::nullopt;
}

Result<StorageId> Builder::read(const std::string& value, Form form) {
  form = normal(value, form);
  auto& forms = forms_[value];
  if (const auto found = forms.find(form); found != forms.end()) return found->second;
  if (forms.empty() && is_constant(value)) {
    place(value, {}, constant(graph().constants.at(value)));
    return read(value, form);
  }
  const auto from = source_for(value, form);
  if (!from) return fail(Cause::Backend, "value \"{}\" is read before it is computed", value);
  if (from->numeric != form.numeric && (params(value) == nullptr || type(value).type != ElementType::Float32)) {
    return fail(Cause::Unsupported, "value \"{}\" is read as codes but has no scale", value);
  }
  if (auto ready = read(value, *from); !ready) return ready;
  if (form.numeric == Numeric::Float && from->numeric != Numeric::Float) {
    // The value exists on the quantized side only: that is the value.
    auto dequantized = read(value, {Numeric::Dequantized, form.layout});
    if (dequantized) place(value, form, *dequantized);
    return dequantized;
  }
  if (in_one_pass(*from, form)) return convert(value, *from, form);
  const Form between =
      from->numeric == Numeric::Codes ? Form{Numeric::Codes, form.layout} : Form{form.numeric, from->layout};
  if (auto ready = read(value, between); !ready) return ready;
  return convert(value, between, form);
}

StorageId Builder::convert(const std::string& value, Form from, Form to) {
  const auto* known = params(value);
  const Conversion conversion{from, to, shape(value), known != nullptr ? *known : ActivationParams{}};
  const StorageId source = forms_[value].at(from);
  if (program_.storages[source].constant) {
    const auto target = convert_constant(conversion, source);
    place(value, to, target);
    return target;
  }
  const StorageId target = write(value, to);
  Hasher identity;
  identity.add("conversion").add(value);
  for (const Form form : {from, to})
    identity.add(static_cast<std::int64_t>(form.numeric)).add(static_cast<std::int64_t>(form.layout));
  add({value, {source}, {target}, 0, identity.finish(), [=, threads = context_.threads](const Bindings& at) {
         return action(
             [conversion, threads, from_data = at.source<std::byte>(source).data(),
              to_data = at.target<std::byte>(target).data()] { apply(conversion, from_data, to_data, threads); });
       }});
  return target;
}

StorageId Builder::convert_constant(const Conversion& conversion, StorageId from) {
  const auto type_of_result = conversion.to.numeric == Numeric::Codes ? ElementType::Uint8 : ElementType::Float32;
  auto converted = std::make_shared<Tensor>(Tensor::zeros(type_of_result, conversion.shape));
  apply(conversion, program_.storages[from].constant.get(), converted->bytes.data());
  return constant(std::move(converted));
}

}  // namespace quantrail
