#include "families/ort.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "peer/peer.h"
#include "peer/scratch.h"

namespace quantrail::testing {
namespace {

namespace fs = std::filesystem;

std::string folder_of(std::size_t model, std::size_t set) { return std::to_string(model) + "_" + std::to_string(set); }

Result<nlohmann::json> written_inputs(const Inputs& inputs, const Scratch& scratch, std::size_t set) {
  auto listed = nlohmann::json::array();
  for (const auto& [name, value] : inputs) {
    const auto file = scratch / ("set_" + std::to_string(set) + "_" + std::to_string(listed.size()) + ".bin");
    const std::string_view bytes(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
    if (const auto written = write_file(file, bytes); !written) return failed(written);
    listed.push_back({{"name", name}, {"type", name_of(value.type)}, {"shape", value.shape}, {"file", file.string()}});
  }
  return listed;
}

Result<ElementType> type_named(const std::string& name) {
  for (const auto type : {ElementType::Float32, ElementType::Int64, ElementType::Int32, ElementType::Bool}) {
    if (name_of(type) == name) return type;
  }
  return fail(Cause::Unsupported, "an output of type {}", name);
}

Result<Outputs> outputs_in(const fs::path& folder) {
  const auto text = read_file(folder / "outputs.json");
  if (!text) return failed(text);
  Outputs outputs;
  for (const auto& json : nlohmann::json::parse(*text)) {
    const auto bytes = read_file(folder / (std::to_string(outputs.size()) + ".bin"));
    const auto type = type_named(json.at("type"));
    if (!bytes) return failed(bytes);
    if (!type) return failed(type);
    Tensor value = Tensor::zeros(*type, json.at("shape").get<Shape>());
    if (bytes->size() != value.bytes.size()) return fail(Cause::Backend, "an output of another size than its shape");
    if (!bytes->empty()) std::memcpy(value.bytes.data(), bytes->data(), bytes->size());
    outputs.push_back({json.at("name"), std::move(value)});
  }
  return outputs;
}

Result<nlohmann::json> jobs(const std::vector<OrtModel>& models, const std::vector<Inputs>& sets,
                            const Scratch& scratch) {
  std::vector<nlohmann::json> inputs;
  for (std::size_t set = 0; set < sets.size(); ++set) {
    auto written = written_inputs(sets[set], scratch, set);
    if (!written) return failed(written);
    inputs.push_back(std::move(*written));
  }
  auto list = nlohmann::json::array();
  for (std::size_t at = 0; at < models.size(); ++at) {
    auto runs = nlohmann::json::array();
    for (std::size_t set = 0; set < sets.size(); ++set) {
      runs.push_back({{"inputs", inputs[set]}, {"outputs", (scratch / folder_of(at, set)).string()}});
    }
    list.push_back({{"model", models[at].model.string()},
                    {"level", models[at].level},
                    {"optimised", models[at].optimised.string()},
                    {"runs", std::move(runs)}});
  }
  return list;
}

}  // namespace

Result<std::vector<std::vector<Outputs>>> run_in_ort(const std::vector<OrtModel>& models,
                                                     const std::vector<Inputs>& sets) {
  const Scratch scratch;
  const auto list = jobs(models, sets, scratch);
  if (!list) return failed(list);
  if (const auto written = write_file(scratch / "jobs.json", list->dump()); !written) return failed(written);
  const auto ran = run_script(QUANTRAIL_SOURCE_DIR "/tests/families/ort_run.cjs", {(scratch / "jobs.json").string()});
  if (!ran) return failed(ran);
  std::vector<std::vector<Outputs>> results(models.size());
  for (std::size_t at = 0; at < models.size(); ++at) {
    for (std::size_t set = 0; set < sets.size(); ++set) {
      auto outputs = outputs_in(scratch / folder_of(at, set));
      if (!outputs) return failed(outputs);
      results[at].push_back(std::move(*outputs));
    }
  }
  return results;
}

}  // namespace quantrail::testing
