"""What a text answers: a label, a refusal or an invalid output, with the words it rests on."""
