"""Checks openapi/enlace.yaml: a valid OpenAPI document whose examples fit their schemas. Ends in one line."""

import pathlib
import sys

import yaml
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

DOCUMENT = pathlib.Path(__file__).parents[2] / "openapi" / "enlace.yaml"


def schemas_with_examples(document):
    """Where each schema with examples stands, with what it gives as examples."""
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            yield f"#/components/schemas/{name}", example
    for name, parameter in document["components"]["parameters"].items():
        examples = [value["value"] for value in parameter.get("examples", {}).values()]
        for example in examples + ([parameter["example"]] if "example" in parameter else []):
            yield f"#/components/parameters/{name}/schema", example


def wrong_examples(document):
    """One line for each example that its schema refuses."""
    for place, example in schemas_with_examples(document):
        schema = {"$ref": place, "components": document["components"]}
        for error in OAS31Validator(schema).iter_errors(example):
            yield f"{place}: an example is wrong at {error.json_path}: {error.message}"


def main():
    document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    try:
        validate(document)
    except OpenAPIValidationError as error:
        print(f"openapi/enlace.yaml: not valid: {error.message}", flush=True)
        return 1
    wrong = list(wrong_examples(document))
    if wrong:
        print("\n".join(wrong), flush=True)
        return 1
    methods = {"get", "head", "post", "put", "patch", "delete"}
    operations = sum(len(methods & set(item)) for item in document["paths"].values())
    print(f"openapi/enlace.yaml: valid OpenAPI {document['openapi']}, {operations} operations", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
