"""The compiled forms of the shipped kinds, by kind."""

from __future__ import annotations

from iargus.tasks.car_price.compiled.form import CarForm
from iargus.tasks.text_intent.form import TextForm

CAR_FORM, TEXT_FORM = CarForm(), TextForm()
FORMS = {form.kind: form for form in (CAR_FORM, TEXT_FORM)}
